/** Rows behind random invoices: they add up to the lines, and steps are entered where a patient person would see it. */
import { expect, test } from 'vitest';
import { BREAKDOWNS, breakdownOf } from '../../src/core/breakdown/breakdown.ts';
import { billings } from '../../src/core/invoice/billingRun.ts';
import { issueInvoice } from '../../src/core/invoice/issueInvoice.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { billed } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { type RandomOrder, randomOrder } from '../support/randomInvoices.ts';
import {
  compare,
  least,
  minus,
  most,
  ofFraction,
  plus,
  type Rational,
  rational,
  total,
  ZERO,
} from '../support/rationals.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type ToldRow = {
  readonly line: number;
  readonly quantity: string;
  readonly running: string;
  readonly included: string;
  readonly blocked: string;
  readonly steps: readonly { readonly key: string; readonly quantity: string }[];
  readonly events: readonly string[];
};
type ToldLine = {
  readonly key: string;
  readonly meter: string;
  readonly stretch: { readonly start: string; readonly end: string };
  readonly used: string;
  readonly included: string | null;
  readonly charged: readonly { readonly key: string; readonly step: number | null; readonly quantity: string }[];
  readonly rows: readonly ToldRow[];
};

type Row = {
  readonly at: number;
  readonly region: string;
  readonly line: number;
  readonly quantities: readonly string[];
};

/** The rows of the export as its text has them; the header is line 1. */
function rowsIn({ usage }: RandomOrder): Row[] {
  const lines = (usage as string).trimEnd().split('\n').slice(1);
  return lines.map((text, i) => {
    const [at, , region, ...quantities] = text.split(',') as [string, string, string, ...string[]];
    return { at: Date.parse(at), region, line: i + 2, quantities };
  });
}

const isNothing = (text: string) => compare(rational(text), ZERO) === 0;

/** Texts have twelve digits of what has no end as a decimal; the program itself compares exactly. */
const isNear = (a: Rational, b: Rational) => {
  const difference = minus(a, b);
  return [difference, minus(ZERO, difference)].every((one) => compare(one, rational('0.0000000001')) < 0);
};

/** The part of the way to a quantity that lies between two others. */
const within = (to: Rational, from: Rational, length: Rational | undefined) =>
  most(ZERO, minus(length ? least(to, plus(from, length)) : to, from));

test('rows add up to their line, and each enters the steps of the invoice where the sum of those before it says so', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const cwd = temporaryDirectory({
        'tiers.yaml': order.tiers,
        'customers.yaml': order.customers!,
        'usage.csv': order.usage as string,
      });
      const args = ['rows', 'usage.csv', '--tiers', 'tiers.yaml', '--customers', 'customers.yaml'];
      const asked = [...args, '--period', '2026-10', '--customer', 'acme', '--allow-empty', '--format', 'json'];
      const { stdout, stderr, exitCode } = await runMeter(asked, { cwd });
      expect(exitCode, stderr).toBe(0);
      const rows = rowsIn(order);
      for (const told of JSON.parse(stdout).lines as ToldLine[]) expectWorkedOut(told, rows, order);
    }),
    { runs: 15 },
  );
}, 60_000);

function expectWorkedOut(told: ToldLine, rows: readonly Row[], { tiers }: RandomOrder): void {
  const m = Number(told.meter.slice(1));
  const [start, end] = [Date.parse(told.stretch.start), Date.parse(told.stretch.end)];
  const [, region] = told.key.split('@');
  const own = rows
    .filter((row) => row.at >= start && row.at < end && !isNothing(row.quantities[m]!))
    .filter((row) => region === undefined || row.region === region)
    .sort((a, b) => a.at - b.at || a.line - b.line);
  expect(told.rows.map(({ line }) => line)).toEqual(own.map(({ line }) => line));
  expect(compare(total(own.map(({ quantities }) => rational(quantities[m]!))), rational(told.used))).toBe(0);
  for (const { key, quantity } of told.charged) {
    const parts = told.rows.flatMap(({ steps }) => steps.filter((step) => step.key === key));
    expect(isNear(total(parts.map((part) => rational(part.quantity))), rational(quantity)), key).toBe(true);
  }
  // Included quantities that are shared, or for a day or week, are not reached by the sum alone.
  if (region !== undefined || /m0: \d+\/(day|week)/.test(tiers) || /\.\d{12}$/.test(told.included ?? '')) return;
  const included = told.included === null ? undefined : rational(told.included);
  let running = ZERO;
  for (const row of told.rows) {
    const before = running;
    running = plus(running, rational(row.quantity));
    expect(compare(rational(row.running), running)).toBe(0);
    if (!included) continue;
    expect(compare(rational(row.included), minus(least(running, included), least(before, included)))).toBe(0);
    const isLeft = compare(before, included) <= 0 && compare(running, included) > 0 && compare(included, ZERO) > 0;
    expect(row.events.some((event) => /^(leaves|reaches)/.test(event))).toBe(isLeft);
    let from = included;
    for (const [i, { key, step, quantity }] of told.charged.entries()) {
      const length = i === told.charged.length - 1 ? undefined : rational(quantity);
      const part = minus(within(running, from, length), within(before, from, length));
      const said = row.steps.find((one) => one.key === key)?.quantity ?? '0';
      expect(compare(rational(said), part), `${key} in line ${row.line}`).toBe(0);
      const entered = compare(within(before, from, length), ZERO) === 0 && compare(part, ZERO) > 0;
      if (step !== null) expect(row.events.includes(`enters step ${step}`)).toBe(entered);
      from = plus(from, rational(quantity));
    }
  }
}

test('lines by day, hour and region add up to the line, and have of each day what its rows have', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const { run } = await billed(order);
      const { meters } = run.rateCard;
      const rows = rowsIn(order);
      for (const billing of billings(run, issueInvoice)) {
        for (const by of BREAKDOWNS.filter((one) => one !== 'route')) {
          for (const { line, parts } of breakdownOf(billing, by, meters)) {
            if (line.kind !== 'usage' || !parts) continue;
            const amounts = parts.map(({ amount }) => rational(amount.toFixed()));
            expect(compare(total(amounts), rational(line.amount.toFixed())), lineKey(line)).toBe(0);
            const quantities = parts.map(({ quantity }) => ofFraction(quantity));
            expect(compare(total(quantities), ofFraction(line.quantity)), lineKey(line)).toBe(0);
            if (by !== 'day') continue;
            const { start, end } = billing.input.stretches[line.stretch]!.period;
            for (const { value, used } of parts) {
              const own = rows.filter(
                ({ at, region }) =>
                  at >= start &&
                  at < end &&
                  dayOf(at, order.zone) === value &&
                  (line.dimension?.value ?? region) === region,
              );
              const sum = total(own.map(({ quantities: all }) => rational(all[Number(line.meter.slice(1))]!)));
              expect(compare(sum, ofFraction(used)), `${lineKey(line)} on ${value}`).toBe(0);
            }
          }
        }
      }
    }),
    { runs: 10 },
  );
}, 60_000);

function dayOf(at: number, zone: string): string {
  return new Date(at).toLocaleDateString('sv-SE', { timeZone: zone });
}
