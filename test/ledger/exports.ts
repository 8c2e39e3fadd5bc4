/** Generated exports with everything that a ledger has to keep, and the tier file and the customers file that bill them. */
import { Random } from '../telemetry/random.ts';

/** Half-hour zone, a filter, a price by a dimension, all aggregations that a ledger can hold. */
export const TIERS = `
timezone: Asia/Kolkata
dimensions: [route, status]
meters:
  requests: { field: requests, unit: request }
  compute: { field: compute_seconds, unit: s }
  egress: { field: egress_bytes, unit: B }
  errors: { field: requests, unit: request, where: { status: 5xx } }
  calls: { field: calls, unit: call, aggregate: count }
  seats: { field: seats, unit: seat, aggregate: last }
  peak: { field: connections, unit: connection, aggregate: max }
  users: { field: user, unit: user, aggregate: unique }
default_tier: pro
pricing_tiers:
  pro:
    cost: 19
    limits: { requests: 1k/mo, seats: 2, users: 2 }
    overage:
      requests: 0.07/100
      compute: 0.013/s
      errors: 0.11/100
      calls: 0.01
      seats: 3.10
      peak: 0.25
      users: 0.03
      by_region: { meter: egress, by: region, prices: { eu: 0.12/GB }, default: 0.05/GB }
  big:
    cost: 79
    overage: { requests: 0.03/100, compute: 0.011/s, seats: 2.50 }
`;

/** A change of tier inside an hour, and months from the 15th on. */
export const CUSTOMERS = `
customers:
  acme:
    history:
      - { tier: pro, to: 2026-10-11T12:20:30.5Z }
      - { tier: big, from: 2026-10-11T12:20:30.5Z }
  "Zoë, Ltd":
    tier: pro
    anchor: 15
`;

const HEADER =
  'timestamp,source,event_id,customer_id,region,route,status,requests,compute_seconds,egress_bytes,calls,seats,connections,user';
const START = Date.UTC(2026, 8, 28);
const DAYS = 40;

/**
 * CSV texts of `files` exports. Repeated deliveries, written alike or with other digits, and conflicts lie within one
 * export: each has its own sources of events.
 */
export function generatedExports(seed: number, { files, rows }: { files: number; rows: number }): string[] {
  const random = new Random(seed);
  return Array.from({ length: files }, (_, file) => csvOf(deliveries(random, file, rows)));
}

/**
 * One export in three parts, among which deliveries of one event are spread: as CSV, as NDJSON, and as CSV that is to become
 * a Parquet file; and the whole, as CSV.
 */
export function spreadExport(seed: number, rows: number): { whole: string; csv: string; ndjson: string; rest: string } {
  const random = new Random(seed);
  const all = deliveries(random, 0, rows);
  const parts: string[][][] = [[], [], []];
  for (const fields of all) random.pick(parts).push(fields);
  const [csv, ndjson, rest] = parts as [string[][], string[][], string[][]];
  return { whole: csvOf(all), csv: csvOf(csv), ndjson: ndjson.map(jsonOf).join(''), rest: csvOf(rest) };
}

function csvOf(rows: readonly (readonly string[])[]): string {
  return `${[HEADER, ...rows.map((fields) => fields.join(','))].join('\n')}\n`;
}

/** Numbers as numbers of JSON, whose digits no parser may touch. */
function jsonOf(row: readonly string[]): string {
  const fields = HEADER.split(',').map((name, i) => {
    const text = row[i]!.startsWith('"') ? row[i]!.slice(1, -1).replaceAll('""', '"') : row[i]!;
    const isNumber = i >= 7 && i < 13 && /^\d+(\.\d+)?$/.test(text) && !/^0\d/.test(text);
    return `${JSON.stringify(name)}:${isNumber ? text : JSON.stringify(text)}`;
  });
  return `{${fields.join(',')}}\n`;
}

/** Rows as the fields of CSV. */
function deliveries(random: Random, file: number, rows: number): string[][] {
  const lines: string[][] = [];
  for (let i = 0; i < rows; i++) {
    const fields = rowFields(random, file, i);
    lines.push(fields);
    if (random.chance(0.05)) lines.push(fields);
    // An integer with a fraction of zeros is the same quantity.
    if (random.chance(0.03)) lines.push(fields.with(7, /^\d+$/.test(fields[7]!) ? `${fields[7]}.0` : fields[7]!));
    if (random.chance(0.01)) lines.push(fields.with(7, '7'));
    // Any other column in which a delivery may contradict the first, some of which no price asks for.
    const column = random.pick([0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    if (random.chance(0.05)) lines.push(fields.with(column, rowFields(random, file, i)[column]!));
  }
  return random.shuffled(lines);
}

function rowFields(random: Random, file: number, row: number): string[] {
  const at = new Date(START + random.below(DAYS * 24 * 3600) * 1000 + random.below(1000)).toISOString();
  const digits = random.pick(['', String(random.below(1e6)).padStart(6, '0')]);
  const maybe = (text: string) => (random.chance(0.3) ? '' : text);
  return [
    `${at.slice(0, -1)}${digits}Z`,
    `gateway-${file}-${random.below(3)}`,
    random.chance(0.1)
      ? random.pick(['', '-'])
      : `e${random.chance(0.5) ? row : row % 50}-${random.below(2) === 0 ? 'x' : row}`,
    random.pick(['acme', '"Zoë, Ltd"', 'third']),
    random.pick(['eu', 'us', '']),
    random.pick(['/', '/api', '"/a,""b"""']),
    random.pick(['200', '503', '404']),
    maybe(random.pick(['1', '0', '18446744073709551615', String(random.below(5000))])),
    maybe(
      `${random.below(100)}.${String(random.below(1e9)).padStart(9, '0')}${String(random.below(100)).padStart(2, '0')}`,
    ),
    maybe(String(random.below(1e9) * 1000)),
    maybe('1'),
    maybe(String(random.below(9))),
    maybe(random.pick(['12.5', '3', String(random.below(40))])),
    // 94 and 94.0 are two values, and 0 is one.
    maybe(random.pick(['94', '94.0', '0', '"zoë ""😀"" / \\u"', `u${random.below(20)}`])),
  ];
}
