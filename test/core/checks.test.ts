/** The language of --assert and checks:, on a small result as JSON holds it. */
import { describe, expect, test } from 'vitest';
import { isCheck, readCheck, runChecks } from '../../src/core/checks/check.ts';

const RESULT = {
  total: '612.40',
  increase: '0.142',
  tier: 'growth',
  cheapest: null,
  count: 3,
  tiers: { 'pro-plus': { total: '500.00', cheapest: true } },
  routes: [
    { route: '/a', total: '10.00' },
    { route: '/b', total: '602.40' },
  ],
};

/** `✓ measured`, `✗ measured`, or `column: message (hint)`. */
function verdictOf(rule: string): string {
  const read = readCheck(rule, { file: '--assert', line: 1, column: 1, excerpt: rule });
  const { outcomes, problems } = isCheck(read) ? runChecks([read], RESULT) : { outcomes: [], problems: [read] };
  const [outcome] = outcomes;
  if (outcome) return `${outcome.passed ? '✓' : '✗'} ${outcome.measured}`;
  const [problem] = problems;
  return `${problem!.source!.column}: ${problem!.message}${problem!.hint === undefined ? '' : ` (${problem!.hint})`}`;
}

describe('a check tells whether it holds, and what was measured', () => {
  test.each`
    rule                                   | verdict
    ${'total <= 500'}                      | ${'✗ 612.40'}
    ${'total <= 612.40'}                   | ${'✓ 612.40'}
    ${'total < 612.40'}                    | ${'✗ 612.40'}
    ${'500 >= total'}                      | ${'✗ 612.40'}
    ${'increase <= 10%'}                   | ${'✗ 14.2%'}
    ${'increase == 14.2%'}                 | ${'✓ 14.2%'}
    ${'increase <= 14.1999%'}              | ${'✗ 14.2%'}
    ${'tier == "growth"'}                  | ${'✓ growth'}
    ${'cheapest == null'}                  | ${'✓ unknown'}
    ${'cheapest <= 5'}                     | ${'✗ unknown'}
    ${'count > 2 and total > 1k'}          | ${'✗ count 3, total 612.40'}
    ${'count > 2 or total > 1k'}           | ${'✓ count 3, total 612.40'}
    ${'not (total > 1k)'}                  | ${'✓ total 612.40'}
    ${'tiers["pro-plus"].cheapest'}        | ${'✓ tiers["pro-plus"].cheapest true'}
    ${'tiers["pro-plus"].total < total'}   | ${'✓ tiers["pro-plus"].total 500.00, total 612.40'}
    ${'routes.total <= 500'}               | ${'✗ largest 602.4, 1 of 2 fail'}
    ${'routes["/a"].total == 10'}          | ${'✓ 10'}
    ${'routes[1].total > 600'}             | ${'✓ 602.40'}
    ${'sum(routes.total) == total'}        | ${'✓ routes.total 2 values, total 612.40'}
    ${'max(routes.total) / 2 <= 301.2'}    | ${'✓ 301.2'}
    ${'total - 0.1 - 0.1 - 0.1 == 612.10'} | ${'✓ 612.1'}
  `('$rule → $verdict', ({ rule, verdict }) => {
    expect(verdictOf(rule)).toBe(verdict);
  });
});

describe('a rule that cannot be answered is a problem with its place, never a failed check', () => {
  test.each`
    rule                     | problem
    ${'totl <= 500'}         | ${'1: there is no "totl" (did you mean total?)'}
    ${'5 < totl'}            | ${'5: there is no "totl" (did you mean total?)'}
    ${'total > 1 or totl'}   | ${'14: there is no "totl" (did you mean total?)'}
    ${'routes.totl > 1'}     | ${'8: there is no "totl" in routes (did you mean total?)'}
    ${'routes[2].total > 1'} | ${'8: there is no entry 2: the list has 2'}
    ${'total <='}            | ${'9: a name or a number is missing at the end'}
    ${'total << 5'}          | ${'8: expected a name or a number, found "<"'}
    ${'total <= 5 5'}        | ${'12: expected the end, found "5"'}
    ${'total + 5'}           | ${'1: this is a value, not a check (compare it: total + 5 <= 500)'}
    ${'tiers <= 5'}          | ${'1: "tiers" is not a value, it holds others (go on with .pro-plus)'}
    ${'tier < 5'}            | ${'6: "growth" is not a number'}
    ${'total / 0 < 5'}       | ${'7: this divides by 0'}
    ${'total <= 5 parsecs'}  | ${'12: expected the end, found "parsecs"'}
    ${'avg(total) < 5'}      | ${'1: there is no function "avg" (use max, min, sum, count, abs)'}
  `('$rule → $problem', ({ rule, problem }) => {
    expect(verdictOf(rule)).toBe(problem);
  });
});
