/** `meter retention`: what it refuses, and its figures against a slow computation over the invoices. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { Fraction } from '../../src/core/fraction.ts';
import { weeksOf } from '../../src/core/retention/weeks.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type Saved = {
  readonly customer: string;
  readonly period: { readonly start: string; readonly end: string };
  /** Cents. */
  readonly fee: number;
  readonly usage: number;
  readonly pack: number;
};

const euros = (cents: number) =>
  `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
const cents = (text: string) => Math.round(Number(text) * 100);

function fileOf(invoices: readonly Saved[], currency = 'EUR'): string {
  const line = (kind: string, amount: number) => ({
    kind,
    key: kind,
    amount: euros(amount),
    quantity: '1',
    unitPrice: euros(amount),
  });
  const written = invoices.map(({ customer, period, fee, usage, pack }) => ({
    ...{ customer, period, lines: [line('fee', fee), line('usage', usage), line('pack', pack)] },
    total: euros(fee + usage + pack),
  }));
  return JSON.stringify({ formatVersion: '1.0', currency, invoices: written });
}

/** Of month 0 (January 2027) and on. */
function periodOf(month: number): Saved['period'] {
  const day = (at: number) => new Date(Date.UTC(2027, at, 1)).toISOString().replace('.000Z', 'Z');
  return { start: day(month), end: day(month + 1) };
}

async function retention(files: Readonly<Record<string, string>>, ...args: string[]) {
  return runMeter(['retention', ...Object.keys(files), ...args], { cwd: temporaryDirectory(files) });
}

const MONTHS = 5;
const month = fc.record({
  fee: fc.constantFrom(0, 1900, 7900),
  usage: fc.nat(5000),
  pack: fc.constantFrom(0, 0, 2500),
});
/** For each customer what it is billed month by month; null: it has no invoice, as in a month without it. */
const histories = fc.array(fc.array(fc.option(month), { minLength: MONTHS, maxLength: MONTHS }), {
  minLength: 1,
  maxLength: 4,
});

test.each(['billed', 'committed'])(
  '%s: every figure is that of a slow computation over the invoices',
  async (basis) => {
    await checkAsync(
      fc.asyncProperty(histories, async (given) => {
        // Somebody who pays always, so that no month is without an invoice.
        const all = [...given, Array.from({ length: MONTHS }, () => ({ fee: 1000, usage: 31, pack: 0 }))];
        const invoices = all.flatMap((own, c) =>
          own.flatMap((one, m) => (one ? [{ customer: `c${c}`, period: periodOf(m), ...one }] : [])),
        );
        const files = { 'a.json': fileOf(invoices.slice(0, 2)), 'b.json': fileOf(invoices.slice(2)) };
        const { stdout, stderr, exitCode } = await retention(files, '--basis', basis, '--format', 'json');
        expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
        const result = JSON.parse(stdout);

        // Cents of a customer in a month: halves go away from zero, which for amounts above 0 is up.
        const revenue = (c: number, m: number) => {
          const one = all[c]![m];
          if (!one) return 0;
          if (basis === 'committed') return one.fee;
          const days = new Date(Date.UTC(2027, m + 1, 0)).getUTCDate();
          return Math.floor(((one.fee + one.usage) * 60 + days) / (2 * days)); // ⌊x·30/days + ½⌋
        };
        const customers = all.map((_, c) => c);
        const sum = (of: (c: number) => number) => customers.reduce((total, c) => total + of(c), 0);
        for (let m = 0; m < MONTHS; m++) {
          const found = result.months[m];
          expect(cents(found.closing)).toBe(sum((c) => revenue(c, m)));
          expect(cents(found.invoiced)).toBe(
            sum((c) => {
              const one = all[c]![m];
              return one ? one.fee + one.usage + one.pack : 0;
            }),
          );
          expect(cents(found.invoiced) - cents(found.packs) + cents(found.adjustment)).toBe(cents(found.closing));
          const moved = { new: 0, reactivated: 0, expansion: 0, contraction: 0, churned: 0 };
          for (const c of m === 0 ? [] : customers) {
            const [was, is] = [revenue(c, m - 1), revenue(c, m)];
            const earlier = Array.from({ length: m }, (_, k) => revenue(c, k)).some((amount) => amount > 0);
            if (was === 0 && is > 0) moved[earlier ? 'reactivated' : 'new'] += is;
            else if (was > 0 && is === 0) moved.churned -= was;
            else if (is > was) moved.expansion += is - was;
            else moved.contraction += is - was;
          }
          for (const [movement, amount] of Object.entries(moved)) expect(cents(found[movement]), movement).toBe(amount);
          const changes = Object.values(moved).reduce((total, amount) => total + amount, 0);
          expect(cents(found.opening) + changes).toBe(cents(found.closing));
          for (const [span, back] of [
            ['month', 1],
            ['quarter', 3],
            ['year', 12],
          ] as const) {
            if (m < back) {
              expect([found.nrr[span], found.grr[span], found.logoChurn[span]]).toEqual([null, null, null]);
              continue;
            }
            const paid = customers.filter((c) => revenue(c, m - back) > 0);
            const then = paid.reduce((total, c) => total + revenue(c, m - back), 0);
            const now = paid.reduce((total, c) => total + revenue(c, m), 0);
            const kept = paid.reduce((total, c) => total + Math.min(revenue(c, m), revenue(c, m - back)), 0);
            expect(Number(found.nrr[span])).toBeCloseTo(now / then, 10);
            expect(Number(found.grr[span])).toBeCloseTo(kept / then, 10);
            expect(Number(found.logoChurn[span])).toBeCloseTo(
              paid.filter((c) => revenue(c, m) === 0).length / paid.length,
              10,
            );
          }
        }
        for (const cohort of result.cohorts) {
          const first = Number(cohort.month.slice(5)) - 1;
          const members = customers.filter((c) => [...Array(MONTHS).keys()].find((m) => revenue(c, m) > 0) === first);
          expect(cohort.customers).toBe(members.length);
          for (const { after, revenue: shown } of cohort.months)
            expect(cents(shown)).toBe(members.reduce((total, c) => total + revenue(c, first + after), 0));
        }
        const nrr = result.months.slice(-2).map((one: { nrr: { month: string } }) => Number(one.nrr.month));
        expect(result.alarm).toBe(nrr.every((share: number) => share < 1));
        expect((await retention(files, '--basis', basis, '--assert', 'not alarm', '--quiet')).exitCode).toBe(
          result.alarm ? 1 : 0,
        );

        const rows: Record<string, string>[] = parse(
          (await retention(files, '--basis', basis, '--format', 'csv')).stdout,
          { columns: true },
        );
        const changed = rows
          .filter(({ movement }) => movement !== '')
          .reduce((total, { change }) => total + cents(change!), 0);
        expect(changed).toBe(sum((c) => revenue(c, MONTHS - 1)) - sum((c) => revenue(c, 0)));
      }),
      { runs: 12 },
    );
  },
);

test('an annual fee is committed a twelfth each month, in the month in which it is paid and in the others', async () => {
  const year = { start: '2027-01-01T00:00:00Z', end: '2028-01-01T00:00:00Z' };
  const invoice = (at: number, amount: string) => {
    const period = periodOf(at);
    const fee = {
      kind: 'fee',
      amount,
      quantity: amount === '0.00' ? '0' : '1',
      unitPrice: '120',
      year,
      stretch: period,
    };
    return { customer: 'acme', period, lines: [fee], total: amount };
  };
  const invoices = [invoice(0, '120.00'), invoice(1, '0.00')];
  const file = JSON.stringify({ formatVersion: '1.0', currency: 'EUR', invoices });
  const { stdout } = await retention({ 'a.json': file }, '--basis', 'committed', '--format', 'json');
  expect(JSON.parse(stdout).months.map(({ closing }: { closing: string }) => closing)).toEqual(['10.00', '10.00']);
});

test('the tax on a pack is no revenue that stays', async () => {
  // 20 of usage and a pack of 25.10, with 20 % added: 54.12. Without the pack and its tax of 5.02 it is 24.00, in 30 days of 30.
  const line = (kind: string, amount: string) => ({ kind, amount, quantity: '1' });
  const lines = [line('usage', '20.00'), line('pack', '25.10')];
  const about = { tax: '9.02', taxRate: '0.2', total: '54.12' };
  const invoices = [{ customer: 'acme', period: periodOf(3), lines, ...about }];
  const file = JSON.stringify({ formatVersion: '1.0', currency: 'EUR', invoices });
  const [found] = JSON.parse((await retention({ 'a.json': file }, '--format', 'json')).stdout).months;
  expect([found.packs, found.closing, found.adjustment]).toEqual(['30.12', '24.00', '0.00']);
});

test('of closed months, a restatement counts in the place of its month, whatever the order of the folders', async () => {
  const cwd = temporaryDirectory();
  const source = join(ROOT, 'fixtures/closing');
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(cwd, name));
  const meter = async (line: string) => {
    const { stdout, stderr, exitCode } = await runMeter([...line.split(' '), '--quiet'], { cwd });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    return stdout;
  };
  await meter('close 2026-09 usage-2026-09.csv --customers customers.yaml -o close/2026-09');
  await meter('close 2026-10 usage-2026-10.csv --customers customers.yaml --from close/2026-09 -o close/2026-10');
  await meter('restate close/2026-10 usage-2026-10.csv late-2026-10.csv -o restate/2026-10-1');
  const invoiced = async (folders: string) => {
    const result = JSON.parse(await meter(`retention ${folders} --format json`));
    return result.months.map((one: { invoiced: string }) => one.invoiced);
  };
  const totalOf = (folder: string) => JSON.parse(readFileSync(join(cwd, folder, 'manifest.json'), 'utf8')).totals.total;
  const [september, october, restated] = ['close/2026-09', 'close/2026-10', 'restate/2026-10-1'].map(totalOf);
  expect(restated).not.toBe(october);
  expect(await invoiced('close/2026-09 close/2026-10')).toEqual([september, october]);
  expect(await invoiced('restate/2026-10-1 close/2026-10 close/2026-09')).toEqual([september, restated]);
  writeFileSync(join(cwd, 'close/2026-09/invoices.ndjson'), '');
  expect((await runMeter(['retention', 'close/2026-09'], { cwd })).stderr).toContain('[close/tampered]');
});

describe('is refused', () => {
  const one = (customer: string, at: number): Saved => ({
    customer,
    period: periodOf(at),
    fee: 100,
    usage: 0,
    pack: 0,
  });
  const quarter = { ...one('acme', 0), period: { start: '2027-01-01T00:00:00Z', end: '2027-04-01T00:00:00Z' } };
  test.each`
    what                                          | files                                                                                         | code
    ${'a month between others that is not there'} | ${{ a: fileOf([one('acme', 0), one('acme', 2)]) }}                                            | ${'run/missing-month'}
    ${'an invoice of a quarter'}                  | ${{ a: fileOf([quarter]) }}                                                                   | ${'run/not-a-month'}
    ${'an invoice that is there twice'}           | ${{ a: fileOf([one('acme', 0)]), b: fileOf([one('acme', 0)]) }}                               | ${'run/invoice-twice'}
    ${'a file without any invoice'}               | ${{ a: fileOf([]) }}                                                                          | ${'run/no-invoices'}
    ${'invoices of two currencies'}               | ${{ a: fileOf([one('acme', 0)]), b: fileOf([one('acme', 1)], 'USD') }}                        | ${'run/other-currency'}
    ${'an invoice without a period'}              | ${{ a: '{"formatVersion":"1.0","currency":"EUR","invoices":[{"customer":"a","lines":[]}]}' }} | ${'run/damaged'}
  `('$what', async ({ files, code }: { files: Record<string, string>; code: string }) => {
    const { stdout, stderr, exitCode } = await retention(files);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toContain(`[${code}]`);
  });

  test('nothing at all, and a folder that is no closed month', async () => {
    expect((await runMeter(['retention'])).exitCode).toBe(2);
    expect((await runMeter(['retention', 'fixtures'])).stderr).toContain('[close/not-closed]');
  });
});

describe('week by week', () => {
  /** A flat fee of 30 for a month, and usage at 1 for 1 000 requests: 2.00 on 8 September, 1.00 on the 15th. */
  async function closedMonths() {
    const cwd = temporaryDirectory({
      'tiers.yaml': 'pricing_tiers: { flat: { cost: 30 }, pay: { cost: usage, overage: { requests: 1/1k } } }\n',
      'customers.yaml': 'customers: { fixed: { tier: flat }, payer: { tier: pay } }\n',
      'september.csv':
        'timestamp,customer_id,requests\n2026-09-08T10:00:00Z,payer,2000\n2026-09-15T10:00:00Z,payer,1000\n',
      'october.csv': 'timestamp,customer_id,requests\n2026-10-08T10:00:00Z,payer,0\n',
    });
    const run = (line: string) => runMeter(line.split(' '), { cwd });
    await run('close 2026-09 september.csv --customers customers.yaml --quiet -o close/2026-09');
    await run('close 2026-10 october.csv --customers customers.yaml --from close/2026-09 --quiet -o close/2026-10');
    return run;
  }

  test('usage counts on its day, and a fee evenly: whole weeks of adjoining months', async () => {
    const run = await closedMonths();
    const { stdout, stderr, exitCode } = await run('retention close/2026-09 close/2026-10 --weekly --format json');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const { weeks } = JSON.parse(stdout) as {
      weeks: { monday: string; revenue: string; nrr: { week: string | null } }[];
    };
    expect(weeks.map(({ monday, revenue, nrr }) => [monday, revenue, nrr.week])).toEqual([
      ['2026-09-07', '9.00', null], // 7 × 1.00 + 2.00
      ['2026-09-14', '8.00', '0.888888888889'], // 7 + 1, of 9
      ['2026-09-21', '7.00', '0.875'],
      ['2026-09-28', '6.87', '0.981566820276'], // 3 + 4 × 30 ÷ 31, of 7
      ['2026-10-05', '6.77', '0.985915492958'], // 7 × 30 ÷ 31
      ['2026-10-12', '6.77', '1'],
      ['2026-10-19', '6.77', '1'],
    ]);
    const asserted = await run(
      'retention close/2026-09 close/2026-10 --weekly --quiet --assert latestWeek.nrr.week>=99%',
    );
    expect(asserted.exitCode).toBe(0);
  });

  test('takes closed months, which have a ledger', async () => {
    const { stderr, exitCode } = await retention({ 'a.json': fileOf([]) }, '--weekly');
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 3 }); // no invoice in it
    const one = fileOf([{ customer: 'a', period: periodOf(0), fee: 1900, usage: 0, pack: 0 }]);
    const other = await retention({ 'a.json': one }, '--weekly');
    expect(other.stderr).toContain('a.json has invoices, and no ledger that says on which days they were used');
    expect(other.exitCode).toBe(2);
  });

  test('four weeks are compared with the four before them, customer by customer', () => {
    // Weeks of 7, 7, 7, 7, then 14, 0, 7, 0 of a; b pays in the second half alone, and is in no NRR.
    const days = [...[7, 7, 7, 7, 14, 0, 7, 0].entries()].flatMap(([week, amount]) => [
      { customer: 'a', day: 4 + 7 * week, amount: Fraction.of(amount) },
      ...(week < 4 ? [] : [{ customer: 'b', day: 10 + 7 * week, amount: Fraction.of(5) }]),
    ]);
    const weeks = weeksOf(days, { first: 0, last: 4 + 56 }); // from Thursday, 1 January 1970; the first Monday is day 4
    expect(weeks.map(({ monday }) => monday)).toEqual([4, 11, 18, 25, 32, 39, 46, 53]);
    expect(weeks.map(({ nrr }) => nrr.fourWeeks?.toRatio())).toEqual([...Array(7).fill(undefined), '3/4']); // 21 ÷ 28
    expect(weeks.map(({ nrr }) => nrr.week?.toRatio())).toEqual([undefined, '1', '1', '1', '2', '5/19', '1', '5/12']);
  });
});
