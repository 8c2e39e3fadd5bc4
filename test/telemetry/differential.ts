/** The fast reader against the reference reader: one random run, and what both make of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Meter } from '../../src/core/catalog/meter.ts';
import type { Condition } from '../../src/core/catalog/rowFilter.ts';
import { Decimal, ONE } from '../../src/core/decimal.ts';
import type { Period } from '../../src/core/period.ts';
import { parseTimestamp } from '../../src/core/timestamp.ts';
import { bucketEnd, bucketStart, bucketsFor } from '../../src/core/usage/buckets.ts';
import type { UsageLedger } from '../../src/core/usage/ledger.ts';
import { DEFAULT_MAPPING, type Mapping, type MeterSource } from '../../src/core/usage/mapping.ts';
import { canBeProbed, type Probe } from '../../src/core/usage/probe.ts';
import { probeUsageTuned, readUsageTuned, type Tuning } from '../../src/telemetry/fast/readUsage.ts';
import { DELIMITERS } from '../../src/telemetry/formats.ts';
import type { CustomerSpan, ReadRequest, Reject, RowResult } from '../../src/telemetry/reader.ts';
import { probeUsage as probePlainly, readUsage as readPlainly } from '../../src/telemetry/reference/readUsage.ts';
import type { Source } from '../../src/telemetry/source.ts';
import { entriesOf } from '../../src/telemetry/zipDirectory.ts';
import { zipOf } from '../support/zip.ts';
import type { Random } from './random.ts';

/** Two ids that nothing but chance gives one fingerprint under these seeds: the first such pair among whole numbers. */
export const TWIN_SEEDS = [0x6a09_e667_2f0b_4c47n, 0xff51_afd7_ed55_8ccdn] as const;
export const TWINS = ['294068', '535592'] as const;

export type Packing = 'file' | 'gzip' | 'stream' | 'zip';

export type Run = {
  readonly inputs: readonly Input[];
  readonly request: Omit<ReadRequest, 'sources' | 'onReject'>;
  readonly probes: readonly Probe[];
  readonly tuning: Tuning;
};

type Input = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly packing: Packing;
  readonly encoding?: 'windows-1252';
};

export type Outcome = Record<string, unknown>;

/** What both readers make of a run, in a form that can be compared and printed. */
export async function outcomesOf(run: Run): Promise<{ fast: Outcome; reference: Outcome }> {
  const directory = mkdtempSync(join(tmpdir(), 'meter-fuzz-'));
  try {
    const paths = run.inputs.map(({ name, bytes, packing }) => {
      const path = join(directory, name);
      writeFileSync(path, packed({ name, bytes, packing }));
      return path;
    });
    const sources = (): Source[] =>
      run.inputs.flatMap(({ name, bytes, packing, encoding }, i): Source[] => {
        if (packing === 'stream') {
          const stream = Readable.from(pieces(Buffer.from(bytes), run.tuning.chunkBytes));
          return [{ kind: 'stream', name, stream, encoding }];
        }
        const entry = packing === 'zip' ? { entry: entriesOf({ name }, paths[i]!)[0]! } : {};
        return [{ kind: 'file', name, path: paths[i]!, ...entry, encoding }];
      });
    const request = () => ({ ...run.request, sources: sources() });
    const probe = () => ({ ...request(), probes: run.probes });
    return {
      fast: {
        ...(await outcomeOf((asked) => readUsageTuned(asked, run.tuning), request())),
        probed: run.probes.length > 0 ? await probeUsageTuned(probe(), run.tuning) : undefined,
      },
      reference: {
        ...(await outcomeOf(readPlainly, request())),
        probed: run.probes.length > 0 ? await probePlainly(probe()) : undefined,
      },
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function packed({ bytes, packing }: Input): Uint8Array {
  if (packing === 'gzip') return gzipSync(bytes);
  return packing === 'zip' ? zipOf([{ name: 'usage', content: bytes, method: bytes.length % 2 === 0 ? 0 : 8 }]) : bytes;
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const all: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += size) all.push(bytes.subarray(i, i + size));
  return all;
}

async function outcomeOf(
  read: (request: ReadRequest) => Promise<RowResult>,
  request: Omit<ReadRequest, 'onReject'>,
): Promise<Outcome> {
  const rejects: Reject[] = [];
  const result = await read({ ...request, onReject: (reject) => rejects.push(reject) });
  const fileOrder = new Map(request.sources.map((source, i) => [source.name, i]));
  const { rows, failures, guessedTimeUnits, unendedSources, repeatedHourRows, seenMeters, distinctIds, ledger } =
    result;
  return {
    rows,
    failures,
    guessedTimeUnits,
    unendedSources: failures.length === 0 ? unendedSources : [],
    repeatedHourRows,
    seenMeters: [...seenMeters].sort(),
    distinctIds,
    rejects: rejects.sort((a, b) => fileOrder.get(a.file)! - fileOrder.get(b.file)!),
    ...(failures.length === 0 && { bytes: result.bytes, missingDimensions: result.missingDimensions }),
    ...ledgerOf(ledger, request),
  };
}

function ledgerOf(ledger: UsageLedger, { buckets }: Omit<ReadRequest, 'onReject'>): Outcome {
  const { customers, span } = ledger;
  if (!span) return { customers, span };
  const periods = [span];
  let start = span.start;
  for (let i = 0; i < 30 && start < span.end; i++) {
    const end = bucketEnd(buckets, start);
    periods.push({ start, end });
    start = end;
  }
  const middle = bucketStart(buckets, (span.start + span.end) / 2);
  if (middle > span.start) periods.push({ start: span.start, end: middle }, { start: middle, end: span.end });
  const usage = [...customers, 'nobody'].flatMap((customer) =>
    periods.map((period) => ({
      customer,
      period,
      hasRows: ledger.hasRows(customer, period),
      rowsOf: ledger.rowsOf(customer, period),
      usage: [...ledger.usageOf(customer, period)].map(([meter, { by, ...used }]) => ({
        meter,
        ...plain(used),
        by: [...by].map(([dimension, values]) => [
          dimension,
          [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, usedBy]) => [value, plain(usedBy)]),
        ]),
      })),
    })),
  );
  const combinations = customers.map((customer) =>
    [...ledger.combinationsOf!(customer, span)]
      .filter(({ usage: used }) => [...used.values()].some(({ events }) => events > 0)) // of others a ledger may tell or not
      .map(({ values, usage: used }) => ({
        values: JSON.stringify([...values]),
        used: [...used].map(([meter, one]) => [meter, plain(one)]),
      }))
      .sort((a, b) => (a.values < b.values ? -1 : 1)),
  );
  const rowsByBucket = [...ledger.rowsByBucket].sort(([a], [b]) => a - b);
  return { customers, span, rowsByBucket, usage, combinations };
}

function plain(used: { quantity: { toFixed(): string }; first?: bigint; last?: bigint }): object {
  const { first, last } = used;
  return { ...used, quantity: used.quantity.toFixed(), first: String(first), last: String(last) };
}

// Random runs.

const meter = (name: string, field: string, aggregation: Meter['aggregation'] = 'sum'): Meter => ({
  name,
  field,
  unit: 'x',
  family: 'count',
  aggregation,
});

export const METERS: readonly Meter[] = [
  meter('requests', 'requests'),
  meter('compute', 'compute_seconds'),
  meter('egress', 'egress_bytes'),
  meter('peak', 'requests', 'max'),
  meter('calls', 'region', 'count'),
  meter('places', 'region', 'unique'),
  meter('sizes', 'egress_bytes', 'unique'),
  meter('level', 'requests', 'last'),
  meter('stored', 'compute_seconds', 'last'),
];
const PLAIN_TIMES = [
  '2026-10-01T00:00:00Z',
  '2026-10-01T00:59:59.999Z',
  '2026-10-01T01:00:00.000Z',
  '2026-10-01T23:17:05.123456Z',
  '2026-10-02T12:34:56.123456789Z',
  '2026-10-01T05:30:00+05:30',
  '2026-09-30T22:00:00.5-0200',
  '2026-10-31 23:59:59z',
  '2026-10-01 05:30:00+05',
  '2026-10-01 00:00:00.25-03',
  '2026-10-01 00:00:00 UTC',
  '2026-10-01t00:00:00gmt',
  '1790812800',
  '1790812800123',
  '1790812800123456',
  '1790812800123456789',
];
/** Taken by the kernel, in exports that have them: other numbers, and times of a zone whose clocks change. */
const FRACTION_TIMES = [
  '1790812800.25',
  '1790812800.123456789',
  '1790812800.1234567891234',
  '1790812800123.5',
  '1790812800123456.0009',
  '1790812800123456789.5',
  '2026-10-01T00:00:00.123456789012Z',
  '2026-10-01T00:00:00.1234567890123456789+05:30',
  `2026-10-01T00:00:00.${'7'.repeat(44)}Z`,
  `2026-10-01T00:00:00.${'7'.repeat(43)}Z`,
  '1790812800.',
  '1790812800.1x',
  `1790812800.${'1'.repeat(60)}`,
];
const ZONELESS_TIMES = [
  '2026-10-01T00:00:00',
  '2026-10-01 23:59:59.999',
  '2026-10-01t12:34:56.123456789012',
  '2026-10-02T03:00:00.5',
  '2026-10-25T00:59:59.999',
  '2026-10-25T01:00:00',
  '2026-10-25T01:59:59.999',
  '2026-10-25T02:00:00',
  '2026-10-25T02:30:00',
  '2026-10-25T02:59:59.999999999',
  '2026-10-25T03:00:00',
  '2026-03-29T01:59:59',
  '2026-03-29T02:00:00',
  '2026-03-29T02:59:59.9',
  '2026-03-29T03:00:00',
  '2026-04-05T01:45:00',
  '2026-10-04T02:15:00',
  '2026-10-01T00:00:00.',
  '2026-10-01T24:00:00',
  '2011-12-29T23:59:59',
  '2011-12-30T12:00:00',
  '2011-12-31T00:00:00',
];
const ZONES = ['Europe/Berlin', 'Europe/Berlin', 'UTC', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kolkata'];
const ODD_TIMES = [
  '',
  '2026-02-30T00:00:00Z',
  '2026-10-01T24:00:00Z',
  '2026-10-01T00:60:00Z',
  '2026-10-01T00:00:60Z',
  '2026-10-01T00:00:00',
  '2026-10-01T00:00:00.Z',
  '2026-10-01T00:00:00.1234567890Z',
  '2026-10-01T00:00:00.1234567891Z',
  '2026-10-01T00:00:00+24:00',
  '2026-10-01T00:00:00+05:60',
  '2026-10-01T00:00:00+5:30',
  '2026-10-01T00:00:00ZZ',
  '0000-10-01T00:00:00Z',
  '0099-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999Z',
  '2026-10-01',
  '2026-1-01T00:00:00Z',
  '2026-10-01T00:00Z',
  'yesterday',
  '0',
  '007',
  '1790812800.25',
  '99999999999999999999',
  '253402300800',
  '1790812800123456789.5',
  '-1790812800',
  '20261031',
  '20261331',
  '20261031235959',
  '2026103023',
  '2040010100',
  '46326',
  '46326.5',
  '60001',
  '2026-10-25T02:30:00',
  '2026-10-25T03:30:00',
  '2026-10-01T00:00:00+5',
  '2026-10-01T00:00:00+24',
  '2026-10-01T00:00:00  Z',
  '2026-03-29T02:30:00',
  '2026-10-01T1٣:00:00Z',
];
const PLAIN_QUANTITIES = [
  '0',
  '1',
  '2',
  '17',
  '0.5',
  '1.25',
  '0.001',
  '123456789',
  '4503599627370495',
  '94.0',
  '',
  '-',
  'null',
  '(null)',
  '\\N',
];
/** Taken by the kernel in two parts. */
const WIDE_QUANTITIES = [
  '0.0000000001',
  '0.123456789012',
  '12345.1234567891',
  '12345678901234567',
  '999999999999999999.999999999999',
  '999999999999999999',
  '1000000000000000000',
  '0.0000000000001',
  '1.0000000000000000000',
  '0000000000000000000000000000000000000017.5',
  '000000000000000000',
  '999.999999999999',
  '1000',
  '1000.5',
  '4503599627370496',
  '4503.599627370496',
  `${'0'.repeat(63)}1`,
  `${'0'.repeat(64)}1`,
  `1.${'0'.repeat(62)}`,
  '1234567890123456.',
  '.1234567890123456',
  '12345678901234567x',
  '1234567890.12345.678901',
];
const ODD_QUANTITIES = [
  '-1',
  '+1',
  '1e3',
  '1.5E-7',
  '-0',
  '-0.0',
  '1e64',
  `0.${'0'.repeat(50)}1e-64`,
  '1e65',
  'NULL',
  'nulls',
  '1,000',
  '.5',
  '5.',
  '1.2.3',
  ' 1',
  'NaN',
  '0x10',
  '--',
  '0.0000000001',
  '0.123456789',
  '0.12345678901234567',
  '4503599627370496',
  '9007199254740993',
  '123456789012345678901234567890.000000000000000000001',
  '9'.repeat(64),
  '9'.repeat(65),
  `0.${'0'.repeat(61)}1`,
  '00',
  '000.000',
  '1١',
];
const CUSTOMERS = [
  'a',
  'b',
  'cus_00042',
  'cus_00043',
  'Łódź GmbH',
  'x'.repeat(70),
  '😀',
  '-',
  'NULL',
  'null',
  '(null)',
  '\\N',
  ' a',
  'b\t ',
  '\u00a0Łódź GmbH\u3000',
  ' ',
  'a,b',
  'a;b',
  'a"b',
  'l1\nl2',
  'é',
];
const IDS = [
  '',
  '-',
  'null',
  '\\N',
  'e1',
  'e2',
  'e3',
  '01890a5d-ac96-774b-bcce-b302099a8057',
  'a long event id that is more than sixteen bytes',
  'é',
];
const REGIONS = [
  '',
  'fra',
  '-',
  'syd',
  'null',
  '(null)',
  '"',
  '"half',
  '"a""b"',
  '\ufefffra',
  'a "quoted" one',
  'x,y',
  'two\nlines',
];

export function randomRun(random: Random): Run {
  const packing = (): Packing => random.pick(['file', 'file', 'file', 'gzip', 'stream', 'zip']);
  const format = random.pick(['csv', 'csv', 'csv', 'tsv', 'ndjson', 'semicolons', 'bars'] as const);
  const zone = random.pick(['UTC', 'UTC', 'Asia/Kolkata']);
  const start = Date.UTC(2026, 9, 1) + (random.chance(0.3) ? 1234567 : 0);
  const period = { start, end: start + random.pick([3_600_000, 86_400_000, 31 * 86_400_000]) };
  const billed = billedOtherwise(period);
  const cuts = [
    ...[period.start, period.end, billed.start, billed.end],
    ...(random.chance(0.3) ? [start + 1_800_500] : []),
  ];
  const oddness = random.pick([0, 0, 0.02, 0.3]);
  const mapping = random.chance(0.25) ? randomMapping(random) : undefined;
  const kept = randomDimensions(random);
  const meters = filtered(random.chance(0.7) ? METERS.slice(0, 3) : random.some(METERS), kept.dimensions, random);
  const inputs = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, (_, i) => ({
    ...encoded(joinedExports(random, random.chance(0.9) ? format : 'csv', oddness, mapping !== undefined), random),
    name: `input${i}`,
    packing: packing(),
  }));
  if (random.chance(0.2)) {
    const { bytes, ...input } = random.pick(inputs);
    inputs.push({
      ...input,
      name: 'again',
      bytes: random.chance(0.5) ? bytes : shuffledLines(Buffer.from(bytes), random),
      packing: packing(),
    });
  }
  return {
    inputs,
    probes: random.chance(0.3) ? randomProbes(random, meters) : [],
    request: {
      meters,
      ...kept,
      buckets: bucketsFor(zone, cuts),
      period: random.chance(0.3) ? period : undefined,
      spans: random.chance(0.2) ? randomSpans(random, period) : undefined,
      mapping,
      dedupe: random.chance(0.6),
      dedupeMemory: random.chance(0.4) ? 0 : undefined,
      trimIds: random.chance(0.15),
      trace: random.chance(0.2),
      format: random.chance(0.1) ? random.pick(['csv', 'tsv', 'ndjson'] as const) : undefined,
      separator: random.chance(0.05) ? random.pick(DELIMITERS) : undefined,
      timezone: random.chance(0.3) ? random.pick(ZONES) : undefined,
      repeatedHour: random.chance(0.1) ? random.pick(['first', 'second', 'reject'] as const) : undefined,
      timeUnit: random.chance(0.1) ? random.pick(['s', 'ms', 'us', 'ns'] as const) : undefined,
      threads: random.chance(0.02) ? 2 : 1,
    },
    tuning: {
      chunkBytes: random.pick([1, 2, 7, 40, 100, 333, 5000]),
      rangeBytes: random.pick([10, 50, 200, 1000]),
      kernelBytes: random.pick([0, 2 ** 30]),
      leastLogBytes: 0,
      cutsAlways: random.chance(0.5),
    },
  };
}

function randomDimensions(random: Random): Pick<ReadRequest, 'dimensions' | 'groupings'> {
  const dimensions = random.pick([[], [], ['region'], ['route', 'region'], ['absent'], ['source', 'customer_id']]);
  const together = dimensions.length === 2 ? [dimensions, [...dimensions].reverse()] : [];
  return { dimensions, groupings: together.filter(() => random.chance(0.5)) };
}

/** Some of the meters count some rows only; some stand beside themselves, with another filter or none. */
function filtered(meters: readonly Meter[], dimensions: readonly string[], random: Random): Meter[] {
  if (dimensions.length === 0 || random.chance(0.4)) return [...meters];
  const condition = (): Condition => {
    const dimension = random.pick(dimensions);
    const values = dimension === 'customer_id' ? CUSTOMERS : [...REGIONS, 's1', '2xx'];
    return {
      dimension,
      values: random.chance(0.5) ? [random.pick(values.slice(0, 3))] : random.some(values),
      isNot: random.chance(0.4),
    };
  };
  return meters.flatMap((one): Meter[] => {
    const where = random.chance(0.5) ? [condition()] : random.chance(0.2) ? [condition(), condition()] : undefined;
    const own = where ? { ...one, where } : one;
    return random.chance(0.3) ? [own, { ...one, name: `${one.name} again`, where: [condition()] }] : [own];
  });
}

/** The same lines after the first in another order. */
function shuffledLines(bytes: Buffer, random: Random): Buffer {
  const [first = '', ...lines] = bytes.toString('latin1').split('\n');
  return Buffer.from([first, ...random.shuffled(lines)].join('\n'), 'latin1');
}

/**
 * A run over thousands of rows, nearly all of them plain: many batches, and what may be wrong at their ends and at the ends of
 * the pieces and chunks that they are cut from.
 */
export function longRun(random: Random): Run {
  const run = randomRun(random);
  const plain = random.chance(0.3) ? random.some(METERS) : METERS.slice(0, random.pick([1, 3, 5]));
  const meters = filtered(plain, run.request.dimensions, random);
  const isJson = random.chance(0.3);
  const inputs = Array.from({ length: random.pick([1, 1, 2]) }, (_, i) => ({
    name: `long${i}`,
    bytes: Buffer.from(isJson ? longNdjson(random) : longCsv(random)),
    packing: random.pick(['file', 'file', 'file', 'gzip', 'stream'] as const),
  }));
  return {
    inputs,
    probes: [],
    request: { ...run.request, meters, mapping: quotesOnly(random), format: undefined, spans: undefined },
    tuning: {
      chunkBytes: random.pick([3000, 20_000, 1 << 16, 1 << 18]),
      rangeBytes: random.pick([10_000, 100_000, 1 << 24]),
      kernelBytes: random.pick([0, 2 ** 30]),
      leastLogBytes: 0,
      cutsAlways: random.chance(0.5),
    },
  };
}

/** Nothing mapped, but perhaps what quotes mean. */
function quotesOnly(random: Random): Mapping | undefined {
  if (random.chance(0.7)) return undefined;
  return { roles: DEFAULT_MAPPING.roles, dimensions: new Map(), quotes: random.pick(['none', 'none', 'csv'] as const) };
}

function longRows(random: Random): Record<string, string>[] {
  const customers = Array.from(
    { length: random.pick([1, 30, 100]) },
    (_, i) => `cus_${String(i * 7).padStart(5, '0')}`,
  );
  const isInOrder = random.chance(0.7);
  const digits = random.pick([0, 3, 6, 10, 12]);
  const timeEnd = random.pick(['Z', 'Z', '123456789Z', '']);
  const quoted = random.pick([0, 0, 0.5]);
  const zeros = random.pick(['', '', '0000000000000000']);
  return Array.from({ length: random.pick([1023, 1024, 2500]) }, (_, i) => {
    const ms = Date.UTC(2026, 9, 1) + (isInOrder ? i * 60_000 : random.below(30 * 86_400_000));
    return {
      timestamp: new Date(ms).toISOString().slice(0, -1) + timeEnd,
      event_id: random.chance(0.02) ? `e${random.below(i + 1)}` : `e${i}`,
      customer_id: random.pick(customers),
      region: random.pick(['fra', 'syd', '']),
      route: random.chance(quoted) ? 'the "search"' : '/v1/search',
      requests: zeros + String(random.below(10 ** random.below(9))),
      compute_seconds: (random.below(10 ** 9) / 1e6).toFixed(digits),
      egress_bytes: String(random.below(10 ** 12)) + (random.chance(0.001) ? '000000' : ''),
    };
  });
}

const LONG_NOTES = ['x'.repeat(5000), 'x'.repeat(70_000)];

const QUOTED_NOTES = [
  '"he said ""hi"" to all"',
  '""""',
  '""',
  '"two\\nlines"',
  '"one\\r\\ntwo ""\\n\\nthree"',
  '"\\n"',
  '"a,b,c\\n,,,,,,,,"',
  `"${'a ""quoted"" text\\n'.repeat(20)}"`,
];

function longCsv(random: Random): string {
  const rows = longRows(random);
  const columns = random.shuffled([...Object.keys(rows[0]!), ...(random.chance(0.5) ? ['note'] : [])]);
  const oddness = random.pick([0, 0.0005, 0.01]);
  const isQuoted = random.chance(0.15);
  const notes = random.pick([[''], [''], ['', ...QUOTED_NOTES], QUOTED_NOTES]);
  const blanks = random.pick([0, 0, 0, 0.02, 1]);
  const lineEnd = random.pick(['\n', '\n', '\r\n']);
  const delimiter = random.pick([',', ',', '\t']);
  const wraps = random.pick([0, 0.5, 1]);
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => {
    const cells = columns.map((column) => {
      const text = row[column] ?? '';
      if (random.chance(oddness))
        return random.pick([quote(text), `${text}"`, `${text},`, `${text}é`, quote(`${text}\n`), `-${text}`, '']);
      return isQuoted || (text.includes('"') && (delimiter === ',' || random.chance(wraps))) ? quote(text) : text;
    });
    const note = columns.indexOf('note');
    if (note >= 0) cells[note] = random.pick(notes);
    if (note >= 0 && random.chance(oddness / 4)) cells[note] = random.pick(LONG_NOTES);
    const end = random.chance(oddness) ? random.pick(['\n', '\r\n', '\n\n', '\r', '\0\n']) : lineEnd;
    return cells.join(delimiter) + end + (random.chance(blanks) ? random.pick([lineEnd, '\r\n', '\n\n\n']) : '');
  });
  const text = `${columns.join(delimiter)}${lineEnd}${lines.join('')}`;
  return random.chance(0.3) ? text.trimEnd() : text;
}

function longNdjson(random: Random): string {
  const oddness = random.pick([0, 0.0005, 0.01]);
  const blank = random.pick(['', ' ']);
  const habit = jsonHabit(random);
  const lines = longRows(random).map((row) => {
    const keys = random.chance(Math.max(oddness, habit.shuffles))
      ? random.shuffled(Object.keys(row))
      : Object.keys(row);
    const cells = keys.map((key) => {
      const text = row[key]!;
      const isNumber = /^\d+$/.test(text) && key !== 'event_id';
      if (random.chance(oddness))
        return `"${key}":${random.pick(['null', 'true', '1e3', '-1', '"\\u0041"', '"é"', '{}', '"x'])}`;
      return `"${key}":${blank}${isNumber ? text : jsonText(text, random, habit)}`;
    });
    if (random.chance(habit.extras)) cells.push(`"tags":${jsonValue(random, habit)}`);
    if (random.chance(habit.extras)) cells.push(`"t${random.below(3000)}":1`);
    if (random.chance(habit.twice)) cells.push(random.pick(cells));
    if (random.chance(oddness)) cells.push(`"note":"${random.pick(LONG_NOTES)}"`);
    return `{${cells.join(',')}}`;
  });
  return `${lines.join(random.pick(['\n', '\n', '\r\n']))}\n`;
}

function randomProbes(random: Random, meters: readonly Meter[]): Probe[] {
  const hours = PLAIN_TIMES.map((text) => parseTimestamp(text)).flatMap((at) =>
    'ms' in at ? [BigInt(Math.floor(at.ms / 3_600_000)) * 3_600_000_000_000n] : [],
  );
  const probed = meters.filter(canBeProbed).map(({ name }) => name);
  return Array.from({ length: probed.length > 0 ? random.pick([1, 3, 10]) : 0 }, () => {
    const from = random.pick(hours) + random.pick([0n, 0n, 1_000_000_000n]);
    return {
      customer: random.pick(CUSTOMERS.slice(0, 4)),
      meters: random.chance(0.5) ? [random.pick(probed)] : probed,
      byDimension: random.chance(0.5),
      byRow: random.chance(0.5),
      from,
      to: from - (from % 3_600_000_000_000n) + random.pick([3_600_000_000_000n, 3_599_999_000_000n]),
      step: random.pick([1n, 1_000_000_000n]),
      ...(random.chance(0.3) && { above: new Decimal(random.pick([0, 1, 100])) }),
    };
  });
}

function randomSpans(random: Random, period: Period): ReadonlyMap<string, CustomerSpan> {
  const instants = [
    Number.NEGATIVE_INFINITY,
    period.start,
    period.start + 3_600_000,
    period.end,
    Number.POSITIVE_INFINITY,
  ];
  return new Map(
    random.some(CUSTOMERS).map((customer) => {
      const from = random.below(4);
      const covered = { start: instants[from]!, end: instants[from + 1 + random.below(4 - from)]! };
      return [customer, { covered, ...(random.chance(0.4) && { billed: billedOtherwise(period) }) }];
    }),
  );
}

/** The period of customers with one of their own. */
function billedOtherwise({ start, end }: Period): Period {
  return { start: start + 3_600_000, end: end + 86_400_000 };
}

function randomMapping(random: Random): Mapping {
  const { roles } = DEFAULT_MAPPING;
  const sources: [string, MeterSource][] = [
    [
      'requests',
      random.pick([
        { constant: '1' },
        { constant: '0.25' },
        { constant: '0.00000000025' },
        { field: 'requests', scale: ONE },
      ]),
    ],
    [
      'compute',
      random.pick([{ constant: '9'.repeat(30) }, { constant: '9'.repeat(18) }, { field: 'data.compute', scale: ONE }]),
    ],
    ['egress', { field: random.pick(['egress_bytes', 'data.sub.egress']), scale: ONE }],
    ['calls', random.pick([{ constant: '-' }, { constant: 'x' }, { field: 'route', scale: ONE }])],
  ];
  return {
    roles: {
      ...roles,
      ...(random.chance(0.3) && { customer: { constant: random.pick(['everyone', 'é']) } }),
      ...(random.chance(0.3) && { eventId: { names: ['data.id'] } }),
    },
    ...(random.chance(0.8) && { meters: new Map(random.some(sources)) }),
    dimensions: new Map(random.chance(0.3) ? [['region', random.pick(['note', 'data.place'])]] : []),
    ...(random.chance(0.3) && { quotes: random.pick(['none', 'csv'] as const) }),
  };
}

/** One export, or several put together: each with a header and perhaps a byte order mark of its own. */
function joinedExports(...asked: Parameters<typeof exportBytes>): Buffer {
  const [random] = asked;
  const count = random.chance(0.15) ? random.pick([2, 3]) : 1;
  return Buffer.concat(Array.from({ length: count }, () => exportBytes(...asked)));
}

/** An export in UTF-8, or now and then in another encoding; damaged in that. */
function encoded(bytes: Buffer, random: Random): Pick<Input, 'bytes' | 'encoding'> {
  const encoding = random.chance(0.1) ? random.pick(['UTF-16LE', 'UTF-16BE', 'windows-1252'] as const) : 'UTF-8';
  if (encoding === 'windows-1252') {
    const text = bytes.toString().replace(/[^\x00-\x7f]/gu, (character) => random.pick(['\xe9', '\x80', character]));
    return { bytes: damaged(Buffer.from(text, random.chance(0.9) ? 'latin1' : 'utf8'), random), encoding };
  }
  if (encoding === 'UTF-8') return { bytes: damaged(bytes, random) };
  const little = Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le');
  return { bytes: damaged(encoding === 'UTF-16LE' ? little : little.swap16(), random) };
}

export type Row = Record<string, string>;
type ExportFormat = keyof typeof SIGNS | 'ndjson';

/** Signs between fields. */
const SIGNS = { csv: ',', tsv: '\t', semicolons: ';', bars: '|' } as const;

function exportBytes(random: Random, format: ExportFormat, oddness: number, isMapped: boolean): Buffer {
  const columns = random.shuffled([
    random.pick(['timestamp', 'time', 'ts']),
    random.pick(['customer_id', 'customer', 'subject']),
    ...random.some(['event_id', 'source', 'region', 'route', 'note']),
    ...(random.chance(0.5) ? ['event_id'] : []),
    ...(random.chance(0.2) ? ['id', 'request_id', 'ts', 'account_id'] : []),
    ...random.some(['requests', 'compute_seconds', 'egress_bytes', 'egress_bytes']),
    ...(isMapped ? random.some(['data.compute', 'data.sub.egress', 'data.id', 'data.place', 'data']) : []),
  ]);
  const unique = [...new Set(columns)];
  const header = random.chance(0.03) ? columns : unique;
  const times = random.pick([PLAIN_TIMES, PLAIN_TIMES, FRACTION_TIMES, ZONELESS_TIMES]);
  const quantities = random.pick([PLAIN_QUANTITIES, PLAIN_QUANTITIES, [...PLAIN_QUANTITIES, ...WIDE_QUANTITIES]]);
  const value = (column: string): string => {
    const odd = random.chance(oddness);
    if (/^t/.test(column)) return odd ? random.pick(ODD_TIMES) : random.pick(random.chance(0.5) ? times : PLAIN_TIMES);
    if (/customer|subject|account/.test(column))
      return odd ? random.pick(CUSTOMERS) : random.pick(CUSTOMERS.slice(0, 4));
    if (/id$/.test(column) && !/customer|account/.test(column))
      return random.chance(0.5) ? `n${random.below(1e6)}` : random.pick(IDS);
    if (column === 'source') return random.pick(['', '', 's1', '/edge/fra1']);
    if (column === 'region' || column === 'route' || column === 'note')
      return odd ? random.pick(REGIONS) : random.pick(REGIONS.slice(0, 3));
    return odd ? random.pick(ODD_QUANTITIES) : random.pick(quantities);
  };
  const rows: Row[] = [];
  const count = random.pick([0, 1, 3, 20, 60, 60, 200]);
  for (let i = 0; i < count; i++) {
    const earlier = rows.length > 0 && random.chance(0.25) ? random.pick(rows) : undefined;
    const row: Row = earlier ? { ...earlier } : Object.fromEntries(unique.map((column) => [column, value(column)]));
    if (earlier && random.chance(0.4)) {
      const column = random.pick(unique);
      row[column] = value(column);
    }
    rows.push(row);
  }
  const ending = random.pick(['\n', '\n', '\r\n']);
  const lineEnd = () => (random.chance(0.02) ? random.pick(['\n\n', '\r\n', '\r\r\n', '\r\n\r\n']) : ending);
  const habit = jsonHabit(random);
  const lines =
    format === 'ndjson'
      ? rows.map((row) => jsonLine(row, random, oddness, habit))
      : [header, ...rows.map((row) => header.map((column) => row[column]!))].map((fields, i) =>
          csvLine(fields, SIGNS[format], random, i === 0 ? 0 : oddness),
        );
  let text = lines.map((line) => line + lineEnd()).join('');
  if (random.chance(0.2)) text = text.replace(/\r?\n$/, random.pick(['', '\r']));
  return Buffer.from((random.chance(0.1) ? '\ufeff' : '') + (random.chance(0.05) ? ending : '') + text);
}

function csvLine(fields: readonly string[], delimiter: string, random: Random, oddness: number): string {
  const quoting = random.pick([0, 0, 0.3, 1]);
  const written = fields.map((field) => {
    const isBare = delimiter === '\t' && random.chance(0.5); // there a quote is nothing special
    const mustQuote = field.includes(delimiter) || field.includes('\n') || (field.includes('"') && !isBare);
    return mustQuote || random.chance(quoting) ? `"${field.replaceAll('"', '""')}"` : field;
  });
  if (random.chance(oddness)) written.push('one more');
  if (random.chance(oddness)) written.pop();
  return written.join(delimiter);
}

/** How an exporter writes its lines; each is how likely something is. */
export type JsonHabit = {
  /** A character of a text or key is escaped. */
  readonly escapes: number;
  /** A line has its keys in another order. */
  readonly shuffles: number;
  /** A key is left out. */
  readonly gaps: number;
  /** A line has values that nobody asks for, of any kind. */
  readonly extras: number;
  /** A key stands twice. */
  readonly twice: number;
  /** There are blanks. */
  readonly blanks: number;
  /** A name with dots is a key as it is, not a path. */
  readonly dots: number;
};

export function jsonHabit(random: Random): JsonHabit {
  const seldom = () => random.pick([0, 0, 0.03, 0.4]);
  return {
    escapes: seldom(),
    shuffles: random.pick([0, 0.1, 1]),
    gaps: seldom(),
    extras: seldom(),
    twice: seldom(),
    blanks: seldom(),
    dots: random.pick([0, 0.2, 1]),
  };
}

export function jsonLine(row: Row, random: Random, oddness: number, habit: JsonHabit): string {
  const entries = Object.entries(row);
  const literal = Object.fromEntries(entries.filter(() => random.chance(habit.dots)));
  const asPaths = nestedKeys(Object.fromEntries(entries.filter(([key]) => !(key in literal) || random.chance(0.1))));
  const written: Nested = { ...asPaths, ...literal };
  for (const key of Object.keys(written)) if (random.chance(habit.gaps * 0.3)) delete written[key];
  return jsonObject(written, random, oddness, habit);
}

/** A text in quotes, some of its characters as escapes. */
export function jsonText(text: string, random: Random, { escapes }: Pick<JsonHabit, 'escapes'>): string {
  if (!random.chance(escapes)) return JSON.stringify(text);
  const characters = [...text].map((character) => {
    if (!random.chance(0.3)) return JSON.stringify(character).slice(1, -1);
    if (character === '/') return '\\/';
    const units = Array.from(character, (_, i) => character.charCodeAt(i).toString(16).padStart(4, '0'));
    const hex =
      character.length === 2
        ? [character.charCodeAt(0), character.charCodeAt(1)].map((unit) => unit.toString(16))
        : units;
    return hex.map((digits) => `\\u${random.chance(0.5) ? digits : digits.toUpperCase()}`).join('');
  });
  return `"${characters.join('')}"`;
}

const JSON_WORDS = ['null', 'true', 'false', '0', '-0', '1e3', '-1.5E+7', '2.5e-07', '""', '{}', '[]', '"\\ud83d"'];
const NOT_JSON = [
  '01',
  '1.',
  '.5',
  '1e',
  '+1',
  'nul',
  'True',
  "'x'",
  '"\\x"',
  '"\\u12g4"',
  '[1,]',
  '{"a"}',
  '{"a":1,}',
  '{,}',
  '[',
  '"\t"',
];

/** A value of any kind. */
export function jsonValue(random: Random, habit: JsonHabit, depth = 0): string {
  const kind = random.below(depth < 3 ? 6 : 3);
  if (kind <= 1) return random.pick(JSON_WORDS);
  if (kind === 2) return jsonText(random.pick([...CUSTOMERS, ...REGIONS, '/a/b', 'x'.repeat(17)]), random, habit);
  const values = Array.from({ length: random.below(4) }, () => jsonValue(random, habit, depth + 1));
  if (kind === 3) return `[${values.join(',')}]`;
  const names = random.shuffled(['id', 'compute', 'sub', 'egress', 'a', 'a.b', '', '__proto__', 'requests']);
  return `{${values.map((value, i) => `${jsonText(names[i]!, random, habit)}:${value}`).join(',')}}`;
}

/** `data.id` as a key of an object under `data`. */
function nestedKeys(row: Row): Nested {
  const object: Nested = {};
  for (const [key, value] of Object.entries(row)) {
    const [outer, ...inner] = key.split('.') as [string, ...string[]];
    if (inner.length === 0) object[outer] ??= value;
    else {
      const within = typeof object[outer] === 'object' ? object[outer] : {};
      object[outer] = { ...within, ...nestedKeys({ [inner.join('.')]: value }) };
    }
  }
  return object;
}

type Nested = { [key: string]: string | Nested };

function jsonObject(row: Nested, random: Random, oddness: number, habit: JsonHabit): string {
  const blank = () => (random.chance(habit.blanks) ? random.pick([' ', '\t', '  ']) : '');
  const members = Object.entries(row).map(([key, value]) => {
    const name = jsonText(key, random, habit) + blank();
    if (typeof value === 'object') return `${name}:${jsonObject(value, random, oddness * 0.3, habit)}`;
    if (random.chance(oddness * 0.3)) return `${name}:${jsonValue(random, habit)}`;
    if (random.chance(oddness * 0.05)) return `${name}:${random.pick(NOT_JSON)}`;
    const isNumber = /^\d+(\.\d+)?$/.test(value) && !/^0\d/.test(value) && random.chance(0.7);
    return `${name}:${blank()}${isNumber ? value : jsonText(value, random, habit)}`;
  });
  if (random.chance(habit.extras)) {
    const keys = random.some(['tags', 'latency', 'meta', 'data', 'data.id', '']);
    members.push(...keys.map((key) => `${jsonText(key, random, habit)}:${jsonValue(random, habit)}`));
  }
  if (members.length > 0 && random.chance(habit.twice)) members.push(random.pick(members));
  if (random.chance(habit.twice * 0.1)) members.push(`"requests":${random.below(5)}`);
  const ordered = random.chance(habit.shuffles) ? random.shuffled(members) : members;
  const line = `{${ordered.map((member) => blank() + member + blank()).join(',')}}`;
  return random.chance(oddness * 0.1) ? ` ${line} ` : line;
}

/** Now and then a byte changed, removed or added, or the end cut off. */
export function damaged(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  const damages = random.pick([0, 0, 0, 1, 3]);
  for (let i = 0; i < damages && result.length > 0; i++) {
    const at = random.below(result.length);
    const inserted = Buffer.from([
      random.pick([0x22, 0x22, 0x0a, 0x0d, 0x2c, 0, 0xe9, 0xff, 0x5c, 0x20, 0x7b, random.below(256)]),
    ]);
    const kind = random.below(4);
    if (kind === 0) result = Buffer.concat([result.subarray(0, at), inserted, result.subarray(at)]);
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), inserted, result.subarray(at + 1)]);
    else if (kind === 2) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    else if (random.chance(0.3)) result = result.subarray(0, at);
  }
  return result;
}
