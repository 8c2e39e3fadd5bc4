/**
 * Filters and prices by two dimensions, against an oracle that knows nothing of ledgers, groupings or steps: it goes through
 * the rows one by one, in rationals.
 */
import { expect, test } from 'vitest';
import { issueInvoices } from '../../src/core/invoice/billingRun.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { billed } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';
import {
  compare,
  divide,
  least,
  minus,
  plus,
  type Rational,
  rational,
  rounded,
  shown,
  times,
  total,
  ZERO,
} from '../support/rationals.ts';

const STATUSES = ['200', '204', '2xx', '404', '500', ''] as const;
const REGIONS = ['syd', 'fra', 'a@b', ''] as const;
const CACHES = ['hit', 'miss', 'b@a', ''] as const;

type Row = { bytes: string; user: string; status: string; region: string; cache: string; hour: number };

const row: fc.Arbitrary<Row> = fc.record({
  bytes: fc.oneof(fc.constantFrom('0', '1', '7.5'), fc.integer({ min: 0, max: 5000 }).map(String)),
  user: fc.constantFrom('u1', 'u2', 'u3', ''),
  status: fc.constantFrom(...STATUSES),
  region: fc.constantFrom(...REGIONS),
  cache: fc.constantFrom(...CACHES),
  hour: fc.integer({ min: 0, max: 700 }),
});

/** What a tier file says of one dimension in `where`, and whether a value meets it, case by case. */
type Filter = { yaml: string; meets: (value: string) => boolean };
const STATUS_FILTERS: readonly Filter[] = [
  { yaml: '2xx', meets: (value) => ['200', '204', '2xx'].includes(value) },
  { yaml: '404', meets: (value) => value === '404' },
  { yaml: '[5xx, 204]', meets: (value) => value === '500' || value === '204' },
  { yaml: '{ not: 5xx }', meets: (value) => value !== '500' },
  { yaml: "{ not: [2xx, ''] }", meets: (value) => value === '404' || value === '500' },
  { yaml: "''", meets: (value) => value === '' },
];
const REGION_FILTERS: readonly Filter[] = [
  { yaml: 'syd', meets: (value) => value === 'syd' },
  { yaml: '{ not: [syd, a@b] }', meets: (value) => value === 'fra' || value === '' },
];

type Where = { status?: Filter | undefined; region?: Filter | undefined };
const where: fc.Arbitrary<Where> = fc.record({
  status: fc.option(fc.constantFrom(...STATUS_FILTERS), { nil: undefined }),
  region: fc.option(fc.constantFrom(...REGION_FILTERS), { nil: undefined }),
});
const counts = ({ status, region }: Where, one: Row) =>
  (status?.meets(one.status) ?? true) && (region?.meets(one.region) ?? true);
const yamlOf = ({ status, region }: Where) => {
  const conditions = [...(status ? [`status: ${status.yaml}`] : []), ...(region ? [`region: ${region.yaml}`] : [])];
  return conditions.length === 0 ? '' : `, where: { ${conditions.join(', ')} }`;
};

const KINDS = ['sum', 'count', 'max', 'unique'] as const;
type Kind = (typeof KINDS)[number];

/** Prices in hundredths of a cent for a unit, by `region cache`. */
const input = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 30 }),
  /** Meters on one column, with filters of their own. */
  meters: fc.array(fc.record({ kind: fc.constantFrom(...KINDS), where }), { minLength: 1, maxLength: 4 }),
  priced: where,
  table: fc.dictionary(
    fc.constantFrom(...REGIONS.slice(0, 3)),
    fc.dictionary(fc.constantFrom(...CACHES.slice(0, 3)), fc.integer({ min: 1, max: 900 }), { maxKeys: 3 }),
    { maxKeys: 3 },
  ),
  otherwise: fc.integer({ min: 1, max: 900 }),
  limit: fc.option(fc.integer({ min: 1, max: 9000 }), { nil: undefined }),
  /** Prices of answers, by status; some statuses share the price of their class. */
  statuses: fc.dictionary(fc.constantFrom('200', '2xx', '404', '5xx'), fc.integer({ min: 1, max: 900 }), {
    maxKeys: 4,
  }),
});

type Given = typeof input extends fc.Arbitrary<infer T> ? T : never;

function priceText(price: number): string {
  return `0.${String(price).padStart(4, '0')}`;
}

function tierFile({ meters, priced, table, otherwise, limit, statuses }: Given): string {
  const level = meters.map(({ kind, where: own }, i) => {
    const field = kind === 'unique' ? 'user' : 'bytes';
    return `  m${i}: { field: ${field}, unit: thing, aggregate: ${kind}${yamlOf(own)} }\n`;
  });
  const rows = Object.entries(table).map(([region, prices]) => {
    const cells = Object.entries(prices).map(([cache, price]) => `${cache}: ${priceText(price)}`);
    return `          ${region}: { ${cells.join(', ')} }\n`;
  });
  const statusPrices = `{ ${Object.entries(statuses)
    .map(([status, price]) => `'${status}': ${priceText(price)}`)
    .join(', ')} }`;
  return `
dimensions: [status, cache]
meters:
  sent: { field: bytes, unit: thing${yamlOf(priced)} }
  answers: { field: bytes, unit: thing, aggregate: count }
${level.join('')}
pricing_tiers:
  paid:
    cost: usage
${limit === undefined ? '' : `    limits: { sent: ${limit} }\n`}    overage:
${meters.map((_, i) => `      m${i}: 0.0100\n`).join('')}      answers: { by: status, prices: ${statusPrices}, default: 0.0500 }
      sent:
        by: [region, cache]
        prices: ${rows.length === 0 ? '{}' : `\n${rows.join('')}`}
        default: ${priceText(otherwise)}
`;
}

function quantityOf(kind: Kind, rows: readonly Row[]): Rational {
  const numbers = rows.map(({ bytes }) => rational(bytes));
  if (kind === 'sum') return total(numbers);
  if (kind === 'count') return rational(numbers.length);
  if (kind === 'max') return numbers.reduce((most, one) => (compare(one, most) > 0 ? one : most), ZERO);
  return rational(new Set(rows.map(({ user }) => user).filter((user) => user !== '')).size);
}

test('amounts are what going through the rows one by one gives: filters of all meters, and each combination at its price', async () => {
  await checkAsync(
    fc.asyncProperty(input, async (given) => {
      const { rows, meters, priced, table, otherwise, limit, statuses } = given;
      const usage = `timestamp,customer_id,bytes,user,status,region,cache\n${rows
        .map((one) => {
          const at = new Date(Date.UTC(2026, 9, 1, one.hour)).toISOString();
          return `${at},acme,${one.bytes},${one.user},${one.status},${one.region},${one.cache}\n`;
        })
        .join('')}`;
      const { run } = await billed({ tiers: tierFile(given), tier: 'paid', period: '2026-10', usage });
      const [invoice] = [...issueInvoices(run)];

      const expected = new Map<string, string>();
      for (const [i, { kind, where: own }] of meters.entries()) {
        const quantity = quantityOf(
          kind,
          rows.filter((one) => counts(own, one)),
        );
        expected.set(`m${i}`, shown(rounded(times(quantity, rational('0.0100')), 2), 2));
      }
      const answers = new Map<string, number>();
      for (const { status } of rows) {
        const [own, shared] = { 200: ['200', '2xx'], 204: ['204', '2xx'], 500: ['500', '5xx'] }[status] ?? [status, ''];
        const group = own! in statuses || !(shared! in statuses) ? own! : shared!;
        answers.set(group, (answers.get(group) ?? 0) + 1);
      }
      for (const [status, count] of answers) {
        const amount = times(rational(count), rational(status in statuses ? priceText(statuses[status]!) : '0.0500'));
        expected.set(`answers ${status}`, shown(rounded(amount, 2), 2));
      }
      const sent = rows.filter((one) => counts(priced, one));
      const all = quantityOf('sum', sent);
      const free = limit === undefined ? ZERO : least(rational(limit), all);
      for (const region of REGIONS) {
        for (const cache of CACHES) {
          const used = quantityOf(
            'sum',
            sent.filter((one) => one.region === region && one.cache === cache),
          );
          if (compare(used, ZERO) === 0) continue;
          const price = rational(priceText(table[region]?.[cache] ?? otherwise));
          const paid = minus(used, divide(times(free, used), all));
          expected.set(`sent ${region}|${cache}`, shown(rounded(times(paid, price), 2), 2));
        }
      }
      const found = new Map<string, string>();
      for (const line of invoice!.lines) {
        if (line.kind !== 'usage') throw new Error(line.kind);
        const values = line.dimensions?.map(({ value }) => value).join('|');
        found.set(values === undefined ? line.meter : `${line.meter} ${values}`, line.amount.toFixed(2));
      }
      expect([...found].sort()).toEqual([...expected].sort());
      expect(new Set(invoice!.lines.map(lineKey)).size).toBe(invoice!.lines.length);
      const sum = [...expected.values()].reduce((so, amount) => plus(so, rational(amount)), ZERO);
      expect(invoice!.total.toFixed(2)).toBe(shown(sum, 2));
    }),
    { runs: 150 },
  );
});
