/** Counts that scatter more than a Poisson count: what is predicted of a number of events whose rate is not known for sure. */

export type PredictedCount = { readonly mean: number; readonly variance: number };

/** Beyond this many standard deviations nothing is left to add up. */
const MOST_DEVIATIONS = 40;
const NEARLY_ALL = 1 - 1e-13;

/**
 * P(X ≤ k) for k = 0, 1, 2, … until nearly all is covered. X is negative binomial with the given mean and variance, and Poisson
 * where the variance is not above the mean.
 */
function cumulative({ mean, variance }: PredictedCount): number[] {
  if (mean <= 0) return [1];
  const isPoisson = variance <= mean * (1 + 1e-9);
  const size = mean ** 2 / (variance - mean);
  let log = isPoisson ? -mean : -size * Math.log1p(mean / size);
  let sum = Math.exp(log);
  const sums = [sum];
  const end = mean + MOST_DEVIATIONS * Math.sqrt(Math.max(mean, variance)) + MOST_DEVIATIONS;
  for (let k = 0; sum < NEARLY_ALL && k < end; k++) {
    log += isPoisson ? Math.log(mean / (k + 1)) : Math.log(((k + size) / (k + 1)) * (mean / (mean + size)));
    sum += Math.exp(log);
    sums.push(Math.min(1, sum));
  }
  return sums;
}

/** The counts that cut off at most 2.5 % at each end. */
export function interval95(count: PredictedCount): [number, number] {
  const sums = cumulative(count);
  const at = (share: number) => {
    const k = sums.findIndex((sum) => sum >= share);
    return k < 0 ? sums.length : k;
  };
  return [at(0.025), at(0.975)];
}

/** Probability of a count that is at least as far out as `observed`, on its side: the smaller of P(X ≤ observed) and P(X ≥ observed). */
export function tail(count: PredictedCount, observed: number): number {
  const sums = cumulative(count);
  const upTo = (k: number) => (k < 0 ? 0 : (sums[k] ?? 1));
  return Math.min(upTo(observed), 1 - upTo(observed - 1));
}
