/** The tables of a simulation say what its JSON says, in the column of the same scenario: exchanged scenarios or rows fail. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type Json = {
  readonly currency: string;
  readonly months: number;
  readonly baseline: string;
  readonly scenarios: Readonly<Record<string, Outcome>>;
  readonly policyWorth: Readonly<Record<string, Readonly<Record<string, Amounts>>>>;
  readonly equalPolicies: { readonly scenarios: Readonly<Record<string, Amounts>> };
  readonly verdicts: readonly string[];
  readonly assumptions: readonly string[];
  readonly hashes: Readonly<Record<string, string>>;
  readonly sensitivity: {
    readonly parameters: readonly {
      readonly parameter: string;
      readonly low: End;
      readonly high: End;
    }[];
    readonly flips: readonly { rate: string; parameter: string; value: number; from: string; to: string }[];
  };
};
/** Rates are numbers, money is text. */
type Amounts = Readonly<Record<string, number | string | null>>;
type End = { readonly value: number; readonly changes: Readonly<Record<string, Readonly<Record<string, number>>>> };
type Outcome = Readonly<
  Record<
    | 'conversion'
    | 'monthlyChurn'
    | 'disputeRate'
    | 'ticketsPerAccountMonth'
    | 'grossMargin'
    | 'nrr'
    | 'grr'
    | 'disputeReduction'
    | 'ticketReduction'
    | 'overageShare',
    number
  >
> & {
  readonly disputeBand: string;
  readonly arpa: string;
  readonly medianBill: string;
  readonly bills: Readonly<Record<'p90', string>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  readonly churnByCause: Readonly<Record<string, number>>;
  readonly marginByCause: Readonly<Record<string, number>>;
  readonly bridge: Readonly<Record<'start' | 'churned' | 'contraction' | 'expansion' | 'end', string>>;
  readonly planMix: readonly { readonly plan: string; readonly start: number; readonly end: number }[];
  readonly deltas: Readonly<Record<'winners' | 'losers' | 'unchanged' | 'grandfather', number>> & {
    readonly grandfatherCost: string;
  };
};
type Rows = readonly (readonly string[])[];

const FIXTURES = join(ROOT, 'fixtures/pricing-models');
const firstLines = (name: string, count: number) =>
  `${gunzipSync(readFileSync(join(FIXTURES, name)))
    .toString('utf8')
    .split('\n')
    .slice(0, count + 1)
    .join('\n')}\n`;
// 40 accounts of 16 months each, and as many sign-ups.
const FILES = {
  'history.csv': firstLines('history.csv.gz', 640),
  'signups.csv': firstLines('signups.csv.gz', 40),
  'variants.yaml': readFileSync(join(FIXTURES, 'variants.yaml'), 'utf8'),
};
const ARGS = [
  'simulate',
  'history.csv',
  '--signups',
  'signups.csv',
  '--scenarios',
  'variants.yaml',
  '--bootstrap',
  '20',
  '--sensitivity',
  '--quiet',
];

let json: Json;
let markdown: ReadonlyMap<string, Rows>;
let texts: Readonly<Record<'md' | 'table' | 'csv', string>>;
let names: readonly string[];

// A test of its own, because a directory of the hook would not be tidied up; those below read what it has found.
test('a simulation in four formats', async () => {
  const cwd = temporaryDirectory(FILES);
  const run = async (format: string) => (await runMeter([...ARGS, '--format', format], { cwd })).stdout;
  json = JSON.parse(await run('json')) as Json;
  texts = { md: await run('md'), table: await run('table'), csv: await run('csv') };
  names = Object.keys(json.scenarios);
  markdown = tablesOf(texts.md);
  expect(names).toEqual(['flat', 'usage', 'hybrid', 'hybrid-silent', 'flat-capped']);
});

/** Tables by their headings, the head first. */
function tablesOf(text: string): ReadonlyMap<string, Rows> {
  const tables = new Map<string, string[][]>();
  let title = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('### ')) title = plain(line.slice(4));
    if (!line.startsWith('| ') || line.startsWith('| ---')) continue;
    tables.set(title, [...(tables.get(title) ?? []), line.slice(2, -2).split(' | ').map(plain)]);
  }
  return tables;
}

/** Without the escapes of Markdown, in whichever way it writes them, and with one kind of blank and minus. */
function plain(text: string): string {
  return text
    .replaceAll(/\\([^\w\s]|_)/g, '$1')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('−', '-')
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .trim();
}

/** A number as a cell shows it: `83.6 % (80.8–87.0)` is 83.6, `1 401` is 1401, `-41 405.82` is that. */
function numberIn(cell: string): number {
  const [found] =
    plain(cell)
      .replaceAll(/(\d) (?=\d{3})/g, '$1')
      .match(/[-+]?\d[\d.]*/) ?? [];
  return Number(found);
}

/** The cells of each scenario, against what the JSON says: `digits` after the point, `factor` 100 for percentages. */
function expectRow(
  title: string,
  label: string | RegExp,
  of: (outcome: Outcome) => number,
  digits: number,
  factor = 1,
): void {
  const [head, ...rows] = markdown.get(title)!;
  expect(head!.slice(1), title).toEqual(names);
  const row = rows.find(([first]) => (typeof label === 'string' ? first === label : label.test(first!)));
  expect(row, `${title}: ${label}`).toBeDefined();
  for (const [i, name] of names.entries()) {
    const cell = row![i + 1]!;
    if (/^[–-]$/.test(cell)) {
      expect(name, `${title}, ${label}`).toBe('flat'); // the baseline is not compared with itself
      continue;
    }
    // Half a unit of the last digit, and what six digits in the JSON leave open.
    expect(
      Math.abs(numberIn(cell) - of(json.scenarios[name]!) * factor),
      `${title}, ${label}, ${name}: ${cell}`,
    ).toBeLessThanOrEqual(0.5 * 10 ** -digits + 1e-4);
  }
}

describe('Markdown', () => {
  test.each([
    ['conversion', 'conversion', 2, 100],
    ['monthly churn', 'monthlyChurn', 2, 100],
    ['disputed invoices', 'disputeRate', 2, 100],
    ['tickets per account-month', 'ticketsPerAccountMonth', 4, 1],
    ['gross margin', 'grossMargin', 1, 100],
    ['net revenue retention', 'nrr', 1, 100],
    ['gross revenue retention', 'grr', 1, 100],
    ['usage share of revenue', 'overageShare', 1, 100],
  ] as const)('shows the %s of each scenario, and its interval', (label, key, digits, factor) => {
    expectRow('The scenarios as given', label, (outcome) => outcome[key], digits, factor);
    const row = markdown.get('The scenarios as given')!.find(([first]) => first === label)!;
    for (const [i, name] of names.entries()) {
      const interval = json.scenarios[name]!.intervals[key];
      if (!interval) continue;
      const ends = /\(([\d.]+)–([\d.]+)\)/
        .exec(row[i + 1]!)!
        .slice(1)
        .map(Number);
      for (const [e, end] of ends.entries())
        expect(Math.abs(end - interval[e]! * factor), `${label}, ${name}`).toBeLessThanOrEqual(
          0.5 * 10 ** -digits + 1e-4,
        );
    }
  });

  test('shows bills, bands and reductions', () => {
    expectRow('The scenarios as given', /^mean bill/, ({ arpa }) => Number(arpa), 2);
    expectRow('The scenarios as given', 'median bill', ({ medianBill }) => Number(medianBill), 2);
    expectRow('The scenarios as given', /bills are below/, ({ bills }) => Number(bills.p90), 2);
    expectRow('The scenarios as given', 'disputes against flat', ({ disputeReduction }) => -disputeReduction, 1, 100);
    expectRow('The scenarios as given', 'tickets against flat', ({ ticketReduction }) => -ticketReduction, 1, 100);
    const bands = markdown
      .get('The scenarios as given')!
      .find(([first]) => first === 'level of disputes')!
      .slice(1);
    expect(bands).toEqual(names.map((name) => json.scenarios[name]!.disputeBand));
  });

  test('shows churn by cause, revenue and costs', () => {
    const causes = markdown
      .get('Monthly churn by cause')!
      .slice(1, -1)
      .map(([cause]) => cause!);
    expect(causes.length).toBeGreaterThan(3);
    for (const cause of causes)
      expectRow('Monthly churn by cause', cause, ({ churnByCause }) => churnByCause[cause]!, 2, 100);
    expectRow('Monthly churn by cause', 'together', ({ monthlyChurn }) => monthlyChurn, 2, 100);

    const revenue = 'Monthly revenue of the cohort';
    expectRow(revenue, 'month 0', ({ bridge }) => Number(bridge.start), 2);
    expectRow(revenue, 'customers who left', ({ bridge }) => -Number(bridge.churned), 2);
    expectRow(revenue, 'smaller bills', ({ bridge }) => -Number(bridge.contraction), 2);
    expectRow(revenue, 'larger bills', ({ bridge }) => Number(bridge.expansion), 2);
    expectRow(revenue, `month ${json.months}`, ({ bridge }) => Number(bridge.end), 2);

    const costs = 'Where the revenue goes';
    for (const kind of ['compute', 'requests', 'egress', 'accounts', 'tickets', 'disputes'])
      expectRow(costs, kind, ({ marginByCause }) => -marginByCause[kind]!, 1, 100);
    expectRow(costs, 'gross margin', ({ grossMargin }) => grossMargin, 1, 100);
  });

  test('shows who pays more and less, and the plans', () => {
    const accounts = 'Accounts against flat';
    expectRow(accounts, 'pay less', ({ deltas }) => deltas.winners, 0);
    expectRow(accounts, 'pay the same', ({ deltas }) => deltas.unchanged, 0);
    expectRow(accounts, 'pay more', ({ deltas }) => deltas.losers, 0);
    expectRow(accounts, 'to be grandfathered', ({ deltas }) => deltas.grandfather, 0);
    expectRow(accounts, 'which costs a month', ({ deltas }) => Number(deltas.grandfatherCost), 2);
    const rows = markdown.get('Customers by plan')!.slice(1);
    const plans = names.flatMap((name) => json.scenarios[name]!.planMix.map((mix) => ({ name, ...mix })));
    expect(rows.map(([name, plan]) => [name, plan])).toEqual(plans.map(({ name, plan }) => [name, plan]));
    for (const [i, { start, end }] of plans.entries()) {
      expect(Math.abs(numberIn(rows[i]![2]!) - start * 100)).toBeLessThanOrEqual(0.0501);
      expect(Math.abs(numberIn(rows[i]![3]!) - end * 100)).toBeLessThanOrEqual(0.0501);
    }
  });

  test('shows what each policy is worth', () => {
    const columns = [
      ['grossProfit', 0, 1],
      ['grossProfitPerSignup', 2, 1],
      ['conversion', 2, 100],
      ['monthlyChurn', 2, 100],
      ['disputeRate', 2, 100],
      ['grossMargin', 1, 100],
      ['nrr', 1, 100],
    ] as const;
    for (const [name, worth] of Object.entries(json.policyWorth)) {
      const [, own, ...rows] = markdown.get(`What each policy is worth to ${name}`)!;
      for (const [k, [key, digits, factor]] of columns.entries()) {
        const near = (cell: string, value: number | string | null | undefined, what: string) =>
          expect(
            Math.abs(numberIn(cell) - Number(value) * factor),
            `${name}, ${what}, ${key}: ${cell}`,
            // An amount in the JSON is rounded to cents itself.
          ).toBeLessThanOrEqual(0.5 * 10 ** -digits + (factor === 1 ? 0.005 : 1e-4));
        // Nobody is grandfathered here: with all policies on, scenarios have the same ones.
        near(own![k + 1]!, json.equalPolicies.scenarios[name]![key], 'all policies on');
        for (const [i, [without, changes]] of Object.entries(worth).entries())
          near(rows[i]![k + 1]!, changes[key]!, without);
      }
      expect(rows).toHaveLength(Object.keys(worth).length);
    }
    expect(Object.keys(json.policyWorth)).toEqual(names);
  });

  test('shows the parameters that move a rate most, the farthest first', () => {
    for (const [label, key, digits] of [
      ['conversion', 'conversion', 2],
      ['monthly churn', 'monthlyChurn', 2],
      ['gross margin', 'grossMargin', 1],
      ['net revenue retention', 'nrr', 1],
    ] as const) {
      const rows = markdown.get(`What ${label} depends on`)!.slice(1);
      const reachOf = ({ low, high }: Json['sensitivity']['parameters'][number]) =>
        Math.max(...names.flatMap((name) => [low, high].map((end) => Math.abs(end.changes[name]![key]!))));
      const sorted = [...json.sensitivity.parameters].sort((a, b) => reachOf(b) - reachOf(a));
      expect(reachOf(sorted.find(({ parameter }) => parameter === rows[0]![0])!)).toBe(reachOf(sorted[0]!));
      for (const [parameter, range, ...cells] of rows) {
        const found = sorted.find((one) => one.parameter === parameter)!;
        expect(range).toBe(`${found.low.value}–${found.high.value}`);
        for (const [i, name] of names.entries()) {
          const [low, high] = cells[i]!.split(' … ').map(numberIn) as [number, number];
          expect(Math.abs(low - found.low.changes[name]![key]! * 100), `${parameter} ${name}`).toBeLessThanOrEqual(
            0.5 * 10 ** -digits + 1e-4,
          );
          expect(Math.abs(high - found.high.changes[name]![key]! * 100), `${parameter} ${name}`).toBeLessThanOrEqual(
            0.5 * 10 ** -digits + 1e-4,
          );
        }
      }
    }
  });

  test('shows verdicts, assumptions and hashes', () => {
    const text = plain(texts.md.replaceAll('**', ''));
    for (const line of [...json.verdicts, ...json.assumptions]) expect(text).toContain(plain(line));
    for (const hash of Object.values(json.hashes)) expect(text).toContain(hash);
  });
});

describe('the table for the terminal', () => {
  test('has the rows of the Markdown, at most three scenarios side by side', () => {
    const cellsOf = (line: string) =>
      plain(line)
        .split(/ {2,}/)
        .filter((cell) => cell !== '');
    const lines = new Set(texts.table.split('\n').map((line) => cellsOf(line).join(' | ')));
    for (const title of [
      'The scenarios as given',
      'Monthly churn by cause',
      'Monthly revenue of the cohort',
      'Where the revenue goes',
      'Accounts against flat',
    ]) {
      for (const [label, ...cells] of markdown.get(title)!.slice(1))
        for (const shown of [cells.slice(0, 3), cells.slice(3)]) {
          // A cause that no scenario of a block has is left out of it.
          if (shown.every((cell) => cell === '0.00 %')) continue;
          expect(lines).toContain([label, ...shown].join(' | '));
        }
    }
  });
});

test('CSV holds the rates of the JSON, a row for each scenario', () => {
  for (const name of names) {
    const { monthlyChurn, nrr } = json.scenarios[name]!;
    const rows = texts.csv.split('\n').filter((line) => line.split(',').includes(name));
    expect(
      rows.some((line) => line.includes(String(monthlyChurn))),
      name,
    ).toBe(true);
    expect(
      rows.some((line) => line.includes(String(nrr))),
      name,
    ).toBe(true);
  }
});

describe('a parameter that makes another scenario the best', () => {
  test('lies where the better one is overtaken, and is told in words', async () => {
    // b is cheaper, and computes on spot machines: its margin is the better one if compute is dear enough.
    const scenario = (name: string, fee: string, price: string, policies: string) => {
      const plan = `{ p: { cost: ${fee}, limits: { requests: 200k/mo }, overage: { requests: ${price}/10k } } }`;
      const free = 'free_tier: { requests: 50k, rate_limit: 10/s }';
      return `  ${name}:\n    pricing_tiers: ${plan}\n    ${free}\n    policies: [${policies}]\n`;
    };
    const cwd = temporaryDirectory({
      ...FILES,
      'close.yaml': `scenarios:\n${scenario('a', '29', '0.4', '')}${scenario('b', '16.10', '0.222', 'spot')}`,
    });
    const args = ['simulate', 'history.csv', '--scenarios', 'close.yaml', '--bootstrap', '0', '--quiet'];
    const run = async (...more: string[]) => (await runMeter([...args, ...more], { cwd })).stdout;
    const { sensitivity } = JSON.parse(await run('--sensitivity', '--format', 'json')) as Json;
    expect(sensitivity.flips.length).toBeGreaterThan(0);
    const [flip] = sensitivity.flips;
    const { parameter, value, rate, from, to } = flip!;
    const ranges = sensitivity.parameters.find((one) => one.parameter === parameter)!;
    const [low, high] = [ranges.low.value, ranges.high.value];
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
    // At one end of the range the other scenario really is the better one; where it says, they are close.
    const better = rate === 'monthlyChurn' || rate === 'disputeRate' ? -1 : 1;
    const lead = async (at: number) => {
      const { scenarios } = JSON.parse(await run('--set', `${parameter}=${at}`, '--format', 'json')) as Json;
      return better * (scenarios[to]![rate as 'nrr'] - scenarios[from]![rate as 'nrr']);
    };
    const [atLow, atHigh] = [await lead(low), await lead(high)];
    expect(Math.max(atLow, atHigh)).toBeGreaterThan(0);
    expect(Math.abs(await lead(value))).toBeLessThan(Math.max(Math.abs(atLow), Math.abs(atHigh)));
    expect(await run('--sensitivity', '--format', 'md')).toContain(`${to} overtakes ${from} by`);
  });
});
