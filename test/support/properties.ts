/** Laws over generated input. The same input in every run; a failure tells the seed and the smallest input found. */
import * as fc from 'fast-check';

export { fc };

const SEED = Number(process.env.PROPERTY_SEED ?? 20261001);

/**
 * Checks a law on `runs` inputs. To look further than the tests do, set PROPERTY_SEED and PROPERTY_RUNS (how many times as
 * many inputs).
 */
export function check<T>(law: fc.IProperty<T>, { runs = 300 }: { runs?: number } = {}): void {
  const numRuns = runs * Number(process.env.PROPERTY_RUNS ?? 1);
  const details = fc.check(law, { seed: SEED, numRuns });
  if (!details.failed) return;
  const cause = details.errorInstance;
  throw new Error(
    `seed ${details.seed}, path ${details.counterexamplePath}: ${fc.stringify(details.counterexample)}\n${cause instanceof Error ? cause.message : cause}`,
    { cause },
  );
}
