/**
 * The fast reader against the reference reader on random exports. A few hundred runs here; by hand for as long as wanted:
 *
 *     FUZZ_SECONDS=600 FUZZ_SEED=1 npx vitest run test/telemetry/fuzz.test.ts
 *
 * The kernel is the debug build, in all threads: its assertions end a run in which it writes outside of its blocks.
 */
import { beforeAll, expect, test } from 'vitest';
import { useDebugKernel } from '../support/debugKernel.ts';
import { longRun, outcomesOf, randomRun } from './differential.ts';
import { Random } from './random.ts';

beforeAll(useDebugKernel);

const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
const FEWEST_RUNS = 150;
/** One of so many runs is over thousands of rows. */
const LONG_EVERY = 15;

test('the fast reader answers as the reference reader does, whatever the export', {
  timeout: (seconds + 300) * 1000,
}, async () => {
  const until = performance.now() + seconds * 1000;
  let seed = firstSeed;
  for (; seed < firstSeed + FEWEST_RUNS || performance.now() < until; seed++) {
    const run = seed % LONG_EVERY === 0 ? longRun(new Random(seed)) : randomRun(new Random(seed));
    const { fast, reference } = await outcomesOf(run).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    expect(fast, `seed ${seed}: FUZZ_SEED=${seed}`).toEqual(reference);
  }
  if (seconds > 0) console.log(`${seed - firstSeed} runs from seed ${firstSeed}`);
});
