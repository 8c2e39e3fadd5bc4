/** The language of --assert and checks:, on a small result as JSON holds it. */
import { describe, expect, test } from 'vitest';
import { isCheck, readCheck, runChecks } from '../../src/core/checks/check.ts';
import { byMeter, fields, type Names } from '../../src/core/checks/names.ts';

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
  breakEvens: [],
  blocked: { requests: '10' },
  customer: '0123',
  lines: [
    { key: 'fee', amount: '19.00' },
    { key: 'usage', amount: '-1.00', used: '5' },
    { key: 'usage', amount: '2.00', used: null },
    { key: 'total', amount: '0.00' },
  ],
};
const NAMES: Names = {
  fields: {
    breakEvens: { entry: { fields: fields('total') } },
    blocked: byMeter(['requests', 'egress']),
    lines: { entry: { fields: fields('key', 'amount', 'used') } },
    note: {},
  },
};

/** `✓ measured`, `✗ measured`, or `column: message (hint)`. */
function verdictOf(rule: string): string {
  const read = readCheck(rule, { file: '--assert', line: 1, column: 1, excerpt: rule });
  const { outcomes, problems } = isCheck(read)
    ? runChecks([read], { json: RESULT, names: NAMES })
    : { outcomes: [], problems: [read] };
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
    ${'increase <= 10%'}                   | ${'✗ 14.2 %'}
    ${'increase == 14.2%'}                 | ${'✓ 14.2 %'}
    ${'increase <= 14.1999%'}              | ${'✗ 14.2 %'}
    ${'tier == "growth"'}                  | ${'✓ growth'}
    ${'cheapest == null'}                  | ${'✓ unknown'}
    ${'cheapest <= 5'}                     | ${'✗ unknown'}
    ${'count > 2 and total > 1k'}          | ${'✗ count 3, total 612.40'}
    ${'count > 2 or total > 1k'}           | ${'✓ count 3, total 612.40'}
    ${'not (total > 1k)'}                  | ${'✓ total 612.40'}
    ${'tiers["pro-plus"].cheapest'}        | ${'✓ tiers["pro-plus"].cheapest true'}
    ${'tiers["pro-plus"].total < total'}   | ${'✓ tiers["pro-plus"].total 500.00, total 612.40'}
    ${'routes.total <= 500'}               | ${'✗ largest 602.4, 1 of 2 fail'}
    ${'routes["/a"].total == 10'}          | ${'✓ 10.00'}
    ${'routes[1].total > 600'}             | ${'✓ 602.40'}
    ${'sum(routes.total) == total'}        | ${'✓ sum(routes.total) 612.4, total 612.40'}
    ${'max(routes.total) / 2 <= 301.2'}    | ${'✓ 301.2'}
    ${'total - 0.1 - 0.1 - 0.1 == 612.10'} | ${'✓ 612.1'}
  `('$rule → $verdict', ({ rule, verdict }) => {
    expect(verdictOf(rule)).toBe(verdict);
  });
});

describe('the literal decides whether a value is a text or a number', () => {
  test.each`
    rule                    | verdict
    ${'customer == "0123"'} | ${'✓ 0123'}
    ${'customer == "123"'}  | ${'✗ 0123'}
    ${'customer == 123'}    | ${'✓ 0123'}
    ${'total == "612.4"'}   | ${'✗ 612.40'}
    ${'total == 612.4'}     | ${'✓ 612.40'}
    ${'count == "3"'}       | ${'✗ 3'}
    ${'tier == 5'}          | ${'✗ growth'}
    ${'tier != 5'}          | ${'✓ growth'}
    ${'"0123" == customer'} | ${'✓ 0123'}
    ${'customer == tier'}   | ${'✗ customer 0123, tier growth'}
    ${'lines.key == "fee"'} | ${'✗ for instance usage, 3 of 4 fail'}
  `('$rule → $verdict', ({ rule, verdict }) => {
    expect(verdictOf(rule)).toBe(verdict);
  });
});

describe('what is worked out from an unknown value is unknown, and an unknown rule does not hold', () => {
  test.each`
    rule                                   | verdict
    ${'not (cheapest <= 5)'}               | ${'✗ cheapest unknown'}
    ${'not not (cheapest <= 5)'}           | ${'✗ cheapest unknown'}
    ${'-cheapest <= 5'}                    | ${'✗ unknown'}
    ${'cheapest != "growth"'}              | ${'✗ unknown'}
    ${'cheapest != null'}                  | ${'✗ unknown'}
    ${'not (cheapest != null)'}            | ${'✓ cheapest unknown'}
    ${'cheapest + 1 == cheapest + 1'}      | ${'✗ cheapest unknown'}
    ${'cheapest <= 5 and total > 1'}       | ${'✗ cheapest unknown, total 612.40'}
    ${'not (cheapest <= 5 and total < 1)'} | ${'✓ cheapest unknown, total 612.40'}
    ${'cheapest <= 5 or total > 1'}        | ${'✓ cheapest unknown, total 612.40'}
    ${'note == null'}                      | ${'✓ unknown'}
    ${'lines.used <= 5'}                   | ${'✗ 1 of 2 fail'}
    ${'lines.used == null'}                | ${'✗ for instance 5, 1 of 2 fail'}
    ${'max(breakEvens.total) <= 5'}        | ${'✗ unknown'}
  `('$rule → $verdict', ({ rule, verdict }) => {
    expect(verdictOf(rule)).toBe(verdict);
  });
});

describe('lists, maps and the names of entries', () => {
  test.each`
    rule                                  | verdict
    ${'abs(lines.amount) >= 1'}           | ${'✗ smallest 0, 1 of 4 fail'}
    ${'max(abs(lines.amount)) == 19'}     | ${'✓ 19'}
    ${'-lines.amount >= -19'}             | ${'✓ smallest -19, of 4'}
    ${'breakEvens.total <= 5'}            | ${'✓ no values'}
    ${'sum(breakEvens.total) == 0'}       | ${'✓ 0'}
    ${'count(breakEvens) == 0'}           | ${'✓ 0'}
    ${'count(routes) == 2'}               | ${'✓ 2'}
    ${'blocked.requests == 10'}           | ${'✓ 10'}
    ${'blocked.egress == 0'}              | ${'✓ 0'}
    ${'count(blocked) == 1'}              | ${'✓ 1'}
    ${'max(blocked) <= 5'}                | ${'✗ 10'}
    ${'lines["usage"].amount <= 1'}       | ${'✗ largest 2, 1 of 2 fail'}
    ${'lines.total.amount == 0'}          | ${'✓ 0.00'}
    ${'lines["total"].amount == 0'}       | ${'✓ 0.00'}
    ${'routes.total >= 10 and count > 0'} | ${'✓ routes.total 2 values, count 3'}
  `('$rule → $verdict', ({ rule, verdict }) => {
    expect(verdictOf(rule)).toBe(verdict);
  });
});

describe('a rule that cannot be answered is a problem with its place, never a failed check', () => {
  test.each`
    rule                       | problem
    ${'totl <= 500'}           | ${'1: there is no "totl" (did you mean total?)'}
    ${'5 < totl'}              | ${'5: there is no "totl" (did you mean total?)'}
    ${'total > 1 or totl'}     | ${'14: there is no "totl" (did you mean total?)'}
    ${'routes.totl > 1'}       | ${'8: there is no "totl" in routes (did you mean total?)'}
    ${'routes[2].total > 1'}   | ${'8: there is no entry 2: the list has 2'}
    ${'total <='}              | ${'9: a name or a number is missing at the end'}
    ${'total << 5'}            | ${'8: expected a name or a number, found "<"'}
    ${'total <= 5 5'}          | ${'12: expected the end, found "5"'}
    ${'total + 5'}             | ${'1: this is a value, not a check (compare it: total + 5 <= 500)'}
    ${'tiers <= 5'}            | ${'1: "tiers" is not a value, it holds others (go on with .pro-plus)'}
    ${'tier < 5'}              | ${'6: "growth" is not a number'}
    ${'total / 0 < 5'}         | ${'7: this divides by 0'}
    ${'total <= 5 parsecs'}    | ${'12: expected the end, found "parsecs"'}
    ${'breakEvens.totl > 1'}   | ${'12: there is no "totl" in breakEvens (did you mean total?)'}
    ${'constructor == 1'}      | ${'1: there is no "constructor" (known here: total, increase, tier, cheapest, count, tiers, routes, breakEvens, blocked, customer, lines, note)'}
    ${'blocked.toString == 1'} | ${'9: there is no "toString" in blocked (known here: requests, egress)'}
    ${'blocked.reqests == 0'}  | ${'9: there is no "reqests" in blocked (did you mean requests?)'}
    ${'routes["total"] == 1'}  | ${'8: there is no "total" in routes (did you mean total?)'}
    ${'total and tier'}        | ${'7: "612.40" is neither true nor false (compare it with <=, >=, ==, !=, < or >)'}
    ${'-routes > 1'}           | ${'2: "routes" is not a value, it holds others (go on with .route)'}
    ${'routes.total + 1 > 1'}  | ${'14: a list is not a number (use max(), min() or sum())'}
    ${'-tier > 1'}             | ${'1: "growth" is not a number'}
    ${'total < "500"'}         | ${'7: "500" is not a number'}
    ${'avg(total) < 5'}        | ${'1: there is no function "avg" (use max, min, sum, count, abs, share)'}
  `('$rule → $problem', ({ rule, problem }) => {
    expect(verdictOf(rule)).toBe(problem);
  });
});
