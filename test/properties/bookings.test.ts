/** What is booked of random invoices: rows add up, say whose they are, agree in all formats, and can be worked out again. */
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { resultOf } from '../support/arithmetic.ts';
import { type Billed, billed, printed } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { type RandomOrder, randomOrder } from '../support/randomInvoices.ts';
import { compare, type Rational, rational, rounded, total, ZERO } from '../support/rationals.ts';

const RUNS = { runs: 60 };

/** Every law is about the same orders, which take longer to bill than to look at. */
const KNOWN = new Map<string, Promise<Billed>>();
function billedOnce(order: RandomOrder): Promise<Billed> {
  const text = JSON.stringify(order);
  const known = KNOWN.get(text) ?? billed(order);
  KNOWN.set(text, known);
  return known;
}

type CsvRow = Readonly<Record<string, string>>;
type JsonLine = Readonly<Record<string, string>> & {
  readonly stretch: { readonly start: string; readonly end: string };
  readonly dimension?: { readonly name: string; readonly value: string };
  readonly rows: { readonly count: number; readonly first: string | null; readonly last: string | null };
};

test('the amounts of an invoice’s CSV rows add up to its total', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const run = await billedOnce(order);
      const rows: CsvRow[] = parse(printed(run, 'csv'), { columns: true });
      const [invoice] = JSON.parse(printed(run, 'json')).invoices;
      expect(compare(total(rows.map(({ amount }) => rational(amount!))), rational(invoice.total))).toBe(0);
      const contained = rows
        .filter(({ tax_included }) => tax_included !== '')
        .map((row) => rational(row.tax_included!));
      expect(compare(total(contained), rational(invoice.taxIncluded ?? '0'))).toBe(0);
    }),
    RUNS,
  );
});

test('each CSV row is about the tier and the time of its stretch, in the month of the billing timezone', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const rows: CsvRow[] = parse(printed(await billedOnce(order), 'csv'), { columns: true });
      const [start, end] = [rows[0]!.period_start!, rows[0]!.period_end!].map((text) => Date.parse(text));
      for (const row of rows) {
        // `fee/2` is of the second tier, `fee` of the first, `credit:…`, `pack:…` and `tax` of the whole month.
        const isWhole = ['credits', 'pack', 'tax', 'tax_included'].includes(row.kind!);
        const position = Number(/^[^@]*\/(\d)(@|$)/.exec(row.key!)?.[1] ?? '1') - 1;
        const stays = mergedStays(order.stays);
        const stay = isWhole ? { tier: stays.at(-1)!.tier, from: start!, to: end! } : stays[position]!;
        expect(row.tier, row.key).toBe(stay.tier);
        expect(Date.parse(row.stretch_start!), row.key).toBe(Math.max(stay.from, start!));
        expect(Date.parse(row.stretch_end!), row.key).toBe(Math.min(stay.to, end!));
        expect(row.period).toBe('2026-10');
        if (isWhole) expect(row.stretch_start).toMatch(/^2026-10-01T00:00:00/); // midnight there, whatever it is in UTC
      }
    }),
    RUNS,
  );
});

test('CSV and JSON say the same of every line, of every credit and of tax', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const run = await billedOnce(order);
      const rows: CsvRow[] = parse(printed(run, 'csv'), { columns: true });
      const [invoice] = JSON.parse(printed(run, 'json')).invoices;
      const [{ lines: explained }] = JSON.parse(printed(run, 'json', true)).invoices;
      const lines = rows.filter(({ key }) => !/^(credit:|tax)/.test(key!));
      expect(lines.map(fromCsv)).toEqual(invoice.lines.map(fromJson));
      expect(explained.map(fromJson)).toEqual(invoice.lines.map(fromJson));
      const drawn = rows.filter(({ kind }) => kind === 'credits').map(({ key, amount }) => `${key} ${amount}`);
      const credits = invoice.credits.filter((one: { drawn: string }) => !/^[0.]+$/.test(one.drawn));
      expect(drawn).toEqual(credits.map((one: { id: string; drawn: string }) => `credit:${one.id} -${one.drawn}`));
      for (const { base, rate, kind, amount, tax_included } of rows.filter(({ key }) => key!.startsWith('tax'))) {
        expect({ base, rate }).toEqual({ base: invoice.taxBase, rate: invoice.taxRate });
        expect(kind === 'tax' ? amount : tax_included).toBe(kind === 'tax' ? invoice.tax : invoice.taxIncluded);
      }
    }),
    RUNS,
  );
});

test('every sum of an explanation, worked out from its text, is what stands beside it', async () => {
  const seen = new Map<string, number>();
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const run = await billedOnce(order);
      const digits = run.rateCard.currency.minorUnit;
      let amount = '';
      let credits: Rational[] = [];
      for (const line of printed(run, 'table', true).split('\n').slice(1)) {
        const columns = line.trimEnd().split(/ {2,}/); // groups of digits are one blank apart
        if (/^ {2}\S/.test(line)) amount = columns.at(-1)!;
        const [sum, result] = line.split(' = ');
        if (!line.startsWith('    ')) continue;
        const served = / capped at .*: (.*) used − (.*) served$/.exec(sum!);
        const used = /^ +(.*) \S+ used − (.*) included → ([^≈]*?)(?: ≈ [\d .]+)?(,.*)? priced at /.exec(line);
        if (used) {
          const beyond = resultOf(`${used[1]} − ${used[2]}`);
          expect(
            compare(compare(beyond, ZERO) < 0 ? ZERO : beyond, resultOf(used[3]!.replace(/ in step.*/, ''))),
            line,
          ).toBe(0);
          count('included');
        } else if (served) {
          const blocked = resultOf(`${served[1]!.replace(/ \S+$/, '')} − ${served[2]}`);
          expect(compare(blocked, resultOf(result!.split(/ ≈ | blocked/)[0]!)), line).toBe(0);
          count('blocked');
        } else if (result?.includes(' paid by ')) {
          const paid = resultOf(result.split(' paid by ')[0]!);
          expect(compare(resultOf(sum!), paid), line).toBe(0);
          credits.push(paid);
          count('credits');
        } else if (result !== undefined) {
          const [exact, shown] = result.split(' → ');
          const worked = resultOf(sum!);
          expect(compare(worked, resultOf(exact!.split(' ≈ ')[0]!)), line).toBe(0);
          expect(compare(rounded(worked, digits), resultOf(shown ?? exact!)), line).toBe(0);
          expect(shown ?? exact, `${line}\nbelow ${amount}`).toBe(amount);
          count(exact!.includes('/') ? 'fraction' : 'decimal');
        }
      }
      const applied = total(run.invoices.map((invoice) => rational(invoice.creditsApplied.toFixed())));
      expect(compare(total(credits), applied)).toBe(0);
      credits = [];
    }),
    RUNS,
  );
  for (const what of ['included', 'blocked', 'credits', 'fraction', 'decimal'])
    expect(seen.get(what), what).toBeGreaterThan(10);

  function count(what: string) {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }
});

/** Neighbouring stays on one tier are one. */
function mergedStays(stays: readonly { tier: string; from: number; to: number }[]) {
  const merged: { tier: string; from: number; to: number }[] = [];
  for (const stay of stays) {
    const before = merged.at(-1);
    if (before?.tier === stay.tier) before.to = stay.to;
    else merged.push({ ...stay });
  }
  return merged;
}

function fromCsv(row: CsvRow) {
  const { key, kind, meter, description, used, included, quantity, price, exact, amount, tier, base, rate } = row;
  const text = { key, kind, meter, description, used, included, quantity, price, exact, amount, tier, base, rate };
  const time = { start: Date.parse(row.stretch_start!), end: Date.parse(row.stretch_end!) };
  return { ...text, ...time, step: row.step, dimension: row.dimension, value: row.value };
}

function fromJson(line: JsonLine) {
  const { key, kind, description, exact, amount, tier, stretch, dimension } = line;
  const { meter = '', used = '', included = '', quantity = '', base = '', rate = '', step = '' } = line;
  const text = { key, kind, meter, description, used, included, quantity, exact, amount, tier, base, rate };
  const time = { start: Date.parse(stretch.start), end: Date.parse(stretch.end) };
  const part = { step: String(step), dimension: dimension?.name ?? '', value: dimension?.value ?? '' };
  return { ...text, price: line.price ?? line.unitPrice ?? '', ...time, ...part };
}
