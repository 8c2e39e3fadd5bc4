/** Laws over generated input. The same input in every run; a failure tells the seed and the smallest input found. */
import * as fc from 'fast-check';

export { fc };

const SEED = Number(process.env.PROPERTY_SEED ?? 20261001);

/**
 * Checks a law on `runs` inputs. To look further than the tests do, set PROPERTY_SEED and PROPERTY_RUNS (how many times as
 * many inputs).
 */
export function check<T>(law: fc.IProperty<T>, { runs = 300 }: { runs?: number } = {}): void {
  judge(fc.check(law, parameters(runs)));
}

/** The same for a law that has to wait. */
export async function checkAsync<T>(law: fc.IAsyncProperty<T>, { runs = 300 }: { runs?: number } = {}): Promise<void> {
  judge(await fc.check(law, parameters(runs)));
}

function parameters(runs: number): { seed: number; numRuns: number } {
  return { seed: SEED, numRuns: runs * Number(process.env.PROPERTY_RUNS ?? 1) };
}

function judge<T>(details: fc.RunDetails<T>): void {
  if (!details.failed) return;
  const cause = details.errorInstance;
  throw new Error(
    `seed ${details.seed}, path ${details.counterexamplePath}: ${fc.stringify(details.counterexample)}\n${cause instanceof Error ? cause.message : cause}`,
    { cause },
  );
}
