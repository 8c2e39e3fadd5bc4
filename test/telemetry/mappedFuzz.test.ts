/**
 * The fast reader against the reference reader on random exports with mappings of every form. By hand for as long as wanted:
 *
 *     FUZZ_SECONDS=600 FUZZ_SEED=1 npx vitest run test/telemetry/mappedFuzz.test.ts
 */
import { beforeAll, expect, test } from 'vitest';
import { needsReference } from '../../src/telemetry/fast/forms/needsReference.ts';
import { useDebugKernel } from '../support/debugKernel.ts';
import { outcomesOf } from './differential.ts';
import { listRun } from './listRuns.ts';
import { logRun, mappedRun } from './mappedRuns.ts';
import { Random } from './random.ts';

beforeAll(useDebugKernel);

const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
const RUNS = [mappedRun, logRun, listRun];
const FEWEST_RUNS = Number(process.env.FUZZ_RUNS ?? 60);

test('the fast reader makes of every form of a mapping what the reference reader makes of it', {
  timeout: (seconds + 300) * 1000,
}, async () => {
  const until = performance.now() + seconds * 1000;
  let seed = firstSeed;
  let fastRuns = 0;
  let rated = 0;
  for (; seed < firstSeed + FEWEST_RUNS || performance.now() < until; seed++) {
    const run = RUNS[seed % RUNS.length]!(new Random(seed));
    const { fast, reference } = await outcomesOf(run).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    expect(fast, `seed ${seed}: FUZZ_SEED=${seed}`).toEqual(reference);
    if (!needsReference(run.request.mapping)) fastRuns++;
    if ((reference.rows as { rated: number }).rated > 0) rated++;
  }
  const runs = seed - firstSeed;
  if (seconds > 0) console.log(`${runs} runs from seed ${firstSeed}, ${fastRuns} of them fast, ${rated} with rows`);
  if (runs < 50) return;
  expect(fastRuns).toBeGreaterThan(runs / 2);
  expect(rated).toBeGreaterThan(runs / 5);
});
