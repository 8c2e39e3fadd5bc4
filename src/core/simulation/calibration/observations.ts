/** Observations of any kind beside what a model expects of them, as `maximise.ts` takes them. */

/** How an observation scatters around its mean. */
export type Distribution = {
  logLikelihood(observed: number, mean: number): number;
  variance(mean: number): number;
};

export type Observations = {
  /** NaN: not known. */
  readonly observed: Float64Array;
  /** By observation, the account that it belongs to: numbers from 0, ascending. */
  readonly clusters: Int32Array;
  readonly distribution: Distribution;
  /** Writes the mean of every observation under the values of the parameters. */
  predict(values: readonly number[], into: Float64Array): void;
};

/** A probability of 0 or 1 is never quite believed: no finite step should land there. */
const LEAST_PROBABILITY = 1e-15;

function believable(probability: number): number {
  return Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probability));
}

/** Events that happen (1) or not (0); the mean is their probability. */
export const EVENTS: Distribution = {
  logLikelihood(observed, mean) {
    const probability = believable(mean);
    return observed === 1 ? Math.log(probability) : Math.log1p(-probability);
  },
  variance(mean) {
    const probability = believable(mean);
    return probability * (1 - probability);
  },
};

/** Amounts with normal errors of one standard deviation; constants of the log-likelihood are left out. */
export function amounts(deviation: number): Distribution {
  const variance = deviation ** 2;
  return {
    logLikelihood: (observed, mean) => -((observed - mean) ** 2) / (2 * variance),
    variance: () => variance,
  };
}

/** Both kinds of observations as one; they share a distribution, and no account. */
export function together(first: Observations, second: Observations): Observations {
  const cut = first.observed.length;
  const clusters = new Int32Array(cut + second.observed.length);
  clusters.set(first.clusters);
  const shift = cut === 0 ? 0 : first.clusters[cut - 1]! + 1;
  clusters.set(
    second.clusters.map((cluster) => cluster + shift),
    cut,
  );
  return {
    observed: joined(first.observed, second.observed),
    clusters,
    distribution: first.distribution,
    predict: (values, into) => {
      first.predict(values, into.subarray(0, cut));
      second.predict(values, into.subarray(cut));
    },
  };
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
