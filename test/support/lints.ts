/** Lints of tier files as tests write them. */
import { loadRateCard } from '../../src/config/loadRateCard.ts';
import { writtenIn } from '../../src/config/written.ts';
import { type EdgeUse, lintPriceList } from '../../src/core/lint/index.ts';

/** Messages of the findings of a lint; `undecided` with the reason where it cannot say. Errors in the file fail the test. */
export function findingsOf(code: string, yaml: string, edges: readonly EdgeUse[] = []): readonly string[] | string {
  const { rateCard, file, problems } = loadRateCard(yaml);
  if (!rateCard) throw new Error(problems.map(({ message }) => message).join('\n'));
  const result = lintPriceList({ rateCard, written: writtenIn(file), edges }).find(({ lint }) => lint.code === code)!;
  return result.undecided ?? result.findings.map(({ message }) => message);
}

/** Tiers from lines such as `pro: { cost: 19 }`. */
export function tiersOf(...lines: readonly string[]): string {
  return `pricing_tiers:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
