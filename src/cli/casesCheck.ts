/** `meter validate` of a test file: the file and its price list. `meter test` says if its cases hold. */
import { testPrices } from '../app/priceTests.ts';
import type { Problem } from '../core/problem.ts';
import { printable } from '../report/safeText.ts';
import { counted } from '../report/words.ts';
import type { Io } from './io.ts';
import { portsFor } from './ports.ts';

/** `what`: the file in words, if it is good. */
export async function checkCases(
  file: string,
  io: Io,
): Promise<{ readonly what?: string; readonly problems: readonly Problem[] }> {
  const outcome = await testPrices([file], portsFor(io, {}));
  if (outcome.result === undefined) return { problems: outcome.problems };
  const { tiers, results } = outcome.result.files[0]!;
  return { what: `test file of ${printable(tiers)} with ${counted(results.length, 'case')}`, problems: [] };
}
