/** A year closed month by month, with late rows in four of its months, adds up to the truth of one run over all rows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Random } from '../telemetry/random.ts';

const TIERS = `
currency: USD
default_tier: team
tax: { rate: 20% }
meters:
  requests: { field: requests, unit: request }
  seats: { field: seats, unit: seat, aggregate: last }
credit_packs:
  burst: { price: 25, credit: 25, expires_after: 75d, auto_purchase: { max_per_period: 2, tiers: [metered] } }
pricing_tiers:
  team: { cost: 19 + usage, limits: { requests: 100k, seats: 3 }, overage: { requests: 0.40/10k, seats: 6 } }
  metered: { cost: usage, overage: { requests: 0.50/10k }, minimum: 2 }
`;
const CUSTOMERS = `
customers:
  acme:
    tier: team
    credits: [{ amount: 90, from: 2026-02-01, expires: 2026-08-15 }, { amount: 33.33, from: 2026-06-01 }]
  nimbus: { history: [{ tier: metered, to: 2026-07-11 }, { tier: team, from: 2026-07-11 }] }
  orbit: { tier: metered }
`;
const MONTHS = Array.from({ length: 12 }, (_, m) => `2026-${String(m + 1).padStart(2, '0')}`);
/** Rows of these months come late: this many months after. */
const LATE: Readonly<Record<string, number>> = { '2026-02': 1, '2026-05': 2, '2026-08': 1, '2026-12': 1 };
const HEAD = 'timestamp,event_id,customer_id,requests,seats\n';

type Written = { readonly inTime: string; readonly late: string };

/** Rows of a month; a tenth of them late, where the month has late ones. */
function rowsOf(month: string, random: Random): Written {
  const rows = Array.from({ length: 14 }, (_, i) => {
    const customer = ['acme', 'nimbus', 'orbit', 'zephyr'][random.below(4)]!;
    const day = String(1 + random.below(28)).padStart(2, '0');
    const seats = random.below(3) === 0 ? String(random.below(9)) : '';
    const requests = customer === 'zephyr' && month < '2026-04' ? 0 : random.below(400_000);
    return `${month}-${day}T${10 + (i % 10)}:00:00Z,${month}-${i},${customer},${requests},${seats}\n`;
  });
  const late = LATE[month] === undefined ? 0 : 4;
  return { inTime: HEAD + rows.slice(late).join(''), late: HEAD + rows.slice(0, late).join('') };
}

test('invoices and notes add up to what one run over all rows bills, and so do the balances', async () => {
  const random = new Random(7);
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
  const exports = new Map<string, string[]>();
  for (const month of MONTHS) {
    const { inTime, late } = rowsOf(month, random);
    writeFileSync(join(cwd, `${month}.csv`), inTime);
    writeFileSync(join(cwd, `${month}-late.csv`), late);
    exports.set(month, [`${month}.csv`]);
  }
  const meter = async (line: string) => {
    const { exitCode, stderr } = await runMeter(line.split(' '), { cwd });
    expect(`${line}: ${exitCode}${exitCode === 0 ? '' : stderr}`).toBe(`${line}: 0`);
  };
  /** The folder in which each month stands as it was last known. */
  const latest = new Map<string, string>();
  const issued: string[] = [];
  const before = (month: string) => latest.get(MONTHS[MONTHS.indexOf(month) - 1]!);
  const from = (month: string) => (before(month) === undefined ? '' : ` --from ${before(month)}`);
  const restate = async (month: string) => {
    const folder = `restate/${month}-${issued.length}`;
    await meter(`restate ${latest.get(month)} ${exports.get(month)!.join(' ')} -o ${folder}${from(month)} --quiet`);
    latest.set(month, folder);
    issued.push(folder);
  };

  for (const [m, month] of [...MONTHS, 'after'].entries()) {
    const arrived = MONTHS.slice(0, m).find((one, i) => LATE[one] === m - i);
    if (arrived) {
      exports.get(arrived)!.push(`${arrived}-late.csv`);
      // What came later builds on it, and is restated, too.
      for (const later of MONTHS.slice(MONTHS.indexOf(arrived), m)) await restate(later);
    }
    if (month === 'after') break;
    await meter(
      `close ${month} ${exports.get(month)!.join(' ')} --customers customers.yaml -o close/${month}${from(month)} --quiet`,
    );
    latest.set(month, `close/${month}`);
    issued.push(`close/${month}`);
  }

  const all = MONTHS.flatMap((month) => exports.get(month)!).join(' ');
  await meter(`invoice ${all} --customers customers.yaml --period all --closing truth.json -o truth.ndjson --quiet`);
  const truth = linesOf(join(cwd, 'truth.ndjson')).filter(isInvoice);
  const documents = issued.flatMap((folder) => documentsIn(join(cwd, folder), folder.startsWith('close')));
  expect(documents.filter(({ isNote }) => isNote).length).toBeGreaterThan(6);
  expect(sumsOf(documents)).toEqual(sumsOf(truth.map((invoice) => ({ ...invoice, isNote: false }))));
  expect(balancesIn(join(cwd, latest.get('2026-12')!, 'balances.json'))).toEqual(balancesIn(join(cwd, 'truth.json')));
  // The rows for a cost report: those of the invoices and those of the class Correction.
  const booked = issued.reduce((sum, folder) => sum + focusCents(join(cwd, folder), folder.startsWith('close')), 0);
  expect(booked).toBe(truth.reduce((sum, { total }) => sum + cents(total), 0));
});

type Document = { customer: string; period: { start: string }; total: string; isNote: boolean };

function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function isInvoice(line: Record<string, unknown>): line is Document {
  return typeof line.customer === 'string';
}

/** Documents that were sent: the invoices of a close, the notes of a restatement. */
function documentsIn(folder: string, isClose: boolean): Document[] {
  if (isClose) return linesOf(join(folder, 'invoices.ndjson')).filter(isInvoice);
  const { notes } = JSON.parse(readFileSync(join(folder, 'corrections.json'), 'utf8')) as { notes: Document[] };
  return notes.map((note) => ({ ...note, isNote: true }));
}

const cents = (text: string) => Math.round(Number(text) * 100);

/** Cents by customer and month. */
function sumsOf(documents: readonly Document[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { customer, period, total } of documents.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const key = keyOf({ customer, period });
    sums[key] = (sums[key] ?? 0) + cents(total);
  }
  return sums;
}

const keyOf = ({ customer, period }: Pick<Document, 'customer' | 'period'>) => `${customer} ${period.start}`;

function balancesIn(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'), (key, value) => (key === 'opening' ? undefined : value));
}

/** BilledCost is the first column. */
function focusCents(folder: string, isClose: boolean): number {
  const text = readFileSync(join(folder, isClose ? 'invoices.focus.csv' : 'corrections.focus.csv'), 'utf8');
  const rows = text.trim().split('\n').slice(1);
  return Math.round(rows.reduce((sum, row) => sum + Number(row.slice(0, row.indexOf(','))), 0) * 100);
}
