/** Random runs over exports that a mapping describes by forms: parts of texts, conditions, instants, products, text logs. */

import { logFormatOf } from '../../src/config/recordForms.ts';
import { Decimal, ONE } from '../../src/core/decimal.ts';
import { type TimeFormat, timeFormatOf } from '../../src/core/timeFormat.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import type { FieldForm, Matcher, RowCondition, TextStep } from '../../src/core/usage/fieldForm.ts';
import type { FieldSource, Mapping, MeterSource } from '../../src/core/usage/mapping.ts';
import type { LineForm, RecordForm } from '../../src/core/usage/recordForm.ts';
import { damaged, jsonHabit, jsonLine, METERS, type Row, type Run } from './differential.ts';
import type { Random } from './random.ts';

type Format = 'csv' | 'tsv' | 'ndjson';

/** Texts of each field of an export, the usual ones first. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  t: ['2026-10-01T00:00:00Z', '2026-10-01T05:30:00+05:30', '1790812800', '1790812800123', '', '-', 'yesterday'],
  date: ['2026-10-01', '2026-10-02', '2026-02-30', '', '-'],
  time: ['00:00:00', '12:34:56', '12:34:56.789', '24:00:00', '', '-'],
  lt: [
    '01/Oct/2026:10:00:01 +0200',
    '02/Oct/2026:23:59:59 -0930',
    '02/oct/2026:00:00:00 +00:00',
    '02/Okt/2026:00:00:00 +0000',
    '31/Feb/2026:00:00:00 +0000',
    '2/Oct/2026:00:00:00 +0000',
    ' 2/Oct/2026:00:00:00 +0000',
    '02/Oct/2026:0:00:00 +0000',
    '02/Oct/2026:00:00:00 Z',
    '02/Oct/2026:00:00:00 UTC',
    '02/Oct/2026:00:00:00 +02',
    '02/Oct/2026:00:00:00',
    '01/Oct/2026:10:00:01 +0200 ',
    '',
    '-',
  ],
  host: [
    'api.acme.example',
    'b.example',
    'API.Acme.Example:443',
    'https://user:pw@Api.b.example:8443/v1/x?a=b#c',
    '//c.example/',
    'a@b@c.example:80',
    'ftp:x',
    'é.example',
    'É.example',
    'x:',
    ':80',
    '.',
    'a..b.',
    'null',
    '(null).example',
    '',
    '-',
  ],
  uri: [
    '/v1/items',
    '/v1/items?x=1',
    '/t/acme/x',
    '/t/b/',
    '/t//x',
    '?q',
    '-?x',
    'null?x',
    '/a%2Fb%20c',
    '/a%C3%A9',
    '/a%C3',
    '/a%zz%4',
    '/é/b?c',
    '/a#b?c',
    '/a?b=1&b=2&c=%2D',
    '/a?b=-',
    '\u00a0/x y',
    '',
    '-',
  ],
  n: [
    '1',
    '2',
    '17',
    '0.5',
    '0',
    '',
    '-',
    '1e3',
    '-1',
    'x',
    '0.10',
    '123456789',
    '12345678901',
    '94.0',
    '1,5',
    '0,25',
    '1.234,5',
    '1,2,3',
  ],
  m: ['1024', '3', '0.25', '', '-', '0', '1.', '9'.repeat(30), 'x'],
  kind: ['a', 'a', 'b', 'c', '', '-', 'null', 'true'],
  status: ['200', '200', '201', '404', '-1', '', '-', '2xx', '20', '2000', '299.5'],
  who: ['acme', 'acme', 'b', 'cus_00042', 'Łódź GmbH', '', '-', ' acme', 'x|y', 'null'],
  id: ['e1', 'e2', 'e3', '', '-', 'é', 'a long event id that is more than sixteen bytes', 'null'],
};
const FIELDS = Object.keys(TEXTS);

const TIME_FORMATS = [
  '%d/%b/%Y:%H:%M:%S %z',
  '%d/%b/%Y:%H:%M:%S %z',
  '%d/%b/%Y:%T',
  '%Y-%m-%dT%H:%M:%S%z',
  '%e/%B/%y:%I:%M:%S %p',
].map((text) => timeFormatOf(text) as TimeFormat);

const PATTERNS = [
  '^/t/([^/]+)/',
  '^[a-z]{3}',
  '^\\S+ [+-]\\d{4}$',
  '^(\\S+)',
  '^[^?]*',
  '^[^.]+\\.(.*)$',
  '/([^/]+)$',
  '^(?:/v1)?(/.*)',
  '^.é?',
  '^[^a]{2}',
].map((text) => new RegExp(text, 'u'));

function randomStep(random: Random): TextStep {
  return random.pick<() => TextStep>([
    () => ({ kind: 'url', part: random.pick(['host', 'path', 'query'] as const) }),
    () => ({ kind: 'query', name: random.pick(['x', 'b', 'c']) }),
    () => ({ kind: random.pick(['before', 'after'] as const), text: random.pick(['?', '/', '.', '//', 'é', ' ']) }),
    () => ({ kind: 'label', place: random.pick([1, 2, 3, -1, -2]) }),
    () => ({ kind: 'pattern', pattern: random.pick(PATTERNS) }),
    () => ({ kind: 'decode' }),
    () => ({ kind: 'decimal-comma' }),
    () => ({ kind: 'nothing', texts: random.pick([['-1'], ['0', 'acme'], ['']]) }),
  ])();
}

function randomMatcher(random: Random, field: string): Matcher {
  return random.pick<() => Matcher>([
    () => ({ kind: 'text', text: random.pick(TEXTS[field] ?? ['x']) }),
    () => ({ kind: 'text', text: random.pick((TEXTS[field] ?? ['x']).slice(0, 2)) }),
    () => ({ kind: 'class', digit: random.pick(['2', '4']) }),
    () => ({ kind: 'range', from: random.pick([undefined, '1', '200']), to: random.pick([undefined, '17', '299']) }),
  ])();
}

function randomCondition(random: Random, fields: readonly string[]): RowCondition {
  const field = random.chance(0.1) ? random.pick(['meta', 'absent']) : random.pick([...fields, 'kind', 'status']);
  if (random.chance(0.2)) return { field, matchers: [{ kind: 'present' }], isNegated: random.chance(0.4) };
  const matchers = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => randomMatcher(random, field));
  return { field, matchers, isNegated: random.chance(0.5) };
}

function randomForm(random: Random, fields: readonly string[], depth = 0): FieldForm {
  const field = (): FieldForm => ({
    kind: 'field',
    field: random.pick([...fields, random.pick(FIELDS)]),
    steps: Array.from({ length: random.pick([0, 0, 1, 1, 2]) }, () => randomStep(random)),
  });
  const part = () => randomForm(random, fields, depth + 1);
  const parts = () => Array.from({ length: random.pick([1, 2, 2, 3]) }, part);
  if (depth > 1) return field();
  return random.pick<() => FieldForm>([
    field,
    field,
    field,
    () => ({ kind: 'constant', text: random.pick(['', 'x', 'acme', 'é']) }),
    () => ({ kind: 'joined', of: parts(), between: random.pick([' ', 'T', '', '|']) }),
    () => ({ kind: 'first', of: parts() }),
    () => ({ kind: 'product', of: parts() }),
    () => ({ kind: 'lookup', of: part(), file: 'hosts.csv' }),
    () => ({ kind: 'when', of: part(), where: [randomCondition(random, fields)] }),
    () => ({ kind: 'instant', of: part(), format: random.pick(TIME_FORMATS) }),
  ])();
}

const LOOKUP = new Map([
  ['api.acme.example', 'acme'],
  ['b.example', 'b'],
  ['c.example', '-'],
  ['/v1/items', '1'],
  ['acme', 'acme inc'],
]);

/** A mapping whose forms are mostly such that rows have what they need. */
export function mappingWithForms(random: Random): Mapping {
  const derived = new Map<string, FieldForm>();
  const nameOf = (form: FieldForm) => {
    if (form.kind === 'field' && form.steps.length === 0) return form.field;
    const name = `form ${derived.size}`;
    derived.set(name, form);
    return name;
  };
  const oneOf = (usual: FieldForm[], fields: readonly string[]) =>
    nameOf(random.chance(0.9) ? random.pick(usual) : randomForm(random, fields));
  const plain = (field: string, ...steps: TextStep[]): FieldForm => ({ kind: 'field', field, steps });
  const role = (usual: FieldForm[], fields: readonly string[]): FieldSource => ({ names: [oneOf(usual, fields)] });
  const instant: FieldForm = { kind: 'instant', of: plain('lt'), format: TIME_FORMATS[0]! };
  const joined: FieldForm = { kind: 'joined', of: [plain('date'), plain('time')], between: ' ' };
  const meters: [string, MeterSource][] = [
    ['requests', random.chance(0.5) ? { constant: '1' } : { field: oneOf([plain('n')], ['n', 'm']), scale: ONE }],
    [
      'compute',
      {
        field: oneOf(
          [
            plain('n', { kind: 'nothing', texts: ['-1', '17'] }),
            { kind: 'product', of: [plain('n'), plain('m')] },
            { kind: 'first', of: [plain('m'), { kind: 'constant', text: '1' }] },
          ],
          ['n', 'm'],
        ),
        scale: new Decimal('0.001'),
      },
    ],
    [
      'egress',
      { field: oneOf([{ kind: 'when', of: plain('m'), where: [randomCondition(random, [])] }], ['m']), scale: ONE },
    ],
    ['calls', { field: oneOf([plain('kind')], ['kind', 'uri']), scale: ONE }],
    ['places', { field: oneOf([plain('uri', { kind: 'before', text: '?' })], ['kind', 'uri']), scale: ONE }],
  ];
  const mapping: Mapping = {
    roles: {
      timestamp: role([instant, joined, plain('t'), { kind: 'first', of: [plain('t'), instant, joined] }], ['t']),
      customer: role([plain('who'), plain('host', { kind: 'url', part: 'host' }), plain('host')], ['who', 'host']),
      eventId: role([plain('id'), { kind: 'joined', of: [plain('id'), plain('who')], between: ' ' }], ['id']),
      source: role([{ kind: 'constant', text: '' }, plain('kind')], ['kind']),
    },
    ...(random.chance(0.9) && { meters: new Map(random.some(meters)) }),
    dimensions: new Map(
      random.chance(0.8)
        ? [
            ['route', oneOf([plain('uri', { kind: 'before', text: '?' })], ['uri'])],
            ['region', oneOf([plain('kind')], ['kind', 'host'])],
          ]
        : [],
    ),
    ...(random.chance(0.5) && {
      where: Array.from({ length: random.pick([1, 1, 2]) }, () => randomCondition(random, ['kind', 'status'])),
    }),
    lookups: new Map([['hosts.csv', LOOKUP]]),
    ...(random.chance(0.2) && { timezone: 'Europe/Berlin' }),
  };
  return derived.size > 0 ? { ...mapping, derived } : mapping;
}

export function randomRows(random: Random, fields: readonly string[], count: number): Row[] {
  const oddness = random.pick([0, 0.05, 0.05, 0.3, 0.8]);
  const value = (field: string) => random.pick(random.chance(oddness) ? TEXTS[field]! : TEXTS[field]!.slice(0, 2));
  const rows: Row[] = [];
  for (let i = 0; i < count; i++) {
    const earlier = rows.length > 0 && random.chance(0.25) ? { ...random.pick(rows) } : undefined;
    const row = earlier ?? Object.fromEntries(fields.map((field) => [field, value(field)]));
    if (earlier && random.chance(0.4)) {
      const field = random.pick(fields);
      row[field] = value(field);
    }
    if (!earlier && random.chance(0.5) && 'id' in row) row.id = `n${random.below(1e6)}`;
    rows.push(row);
  }
  return rows;
}

function delimited(rows: readonly Row[], fields: readonly string[], format: Format, random: Random): string {
  const delimiter = format === 'tsv' ? '\t' : ',';
  const isQuoted = random.chance(0.3);
  const cell = (text: string) =>
    isQuoted || text.includes(delimiter) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = [fields, ...rows.map((row) => fields.map((field) => row[field]!))];
  const text = lines.map((cells) => `${cells.map(cell).join(delimiter)}\n`);
  if (random.chance(0.1)) text.splice(1 + random.below(text.length), 0, text[0]!);
  return text.join('');
}

/** A run over an export that a mapping with forms describes. */
export function mappedRun(random: Random): Run {
  const format = random.pick(['csv', 'tsv', 'ndjson', 'ndjson'] as const);
  const fields = random.chance(0.8) ? FIELDS : random.some(FIELDS);
  const count = random.pick([1, 5, 20, 40, 60, random.chance(0.2) ? 1500 : 200]);
  const habit = jsonHabit(random);
  const mapping = mappingWithForms(random);
  const inputs = Array.from({ length: random.pick([1, 1, 2]) }, (_, i) => {
    const rows = randomRows(random, fields, count);
    const text =
      format === 'ndjson'
        ? rows.map((row) => `${jsonLine(row, random, random.pick([0, 0, 0.1]), habit)}\n`).join('')
        : delimited(rows, fields, format, random);
    return {
      name: `input${i}`,
      bytes: damaged(Buffer.from(text), random),
      packing: random.pick(['file', 'file', 'gzip', 'stream'] as const),
    };
  });
  return runOver(inputs, mapping, random);
}

const FORMATS = [
  '%v:%{port} %h - %e [%t] "%r" %s %b "%R" "%u"',
  '%h - %e [%t] "%r" %s %b "%R" "%u"',
  '%h - %e [%t] "%r" %s %b',
  '%v %h - %e [%t] "%r" %s %b "%R" "%u"',
  '%h - %e [%t] "%r" %s %b "%R" "%^',
  '[%t] "%{method} %U" %s %{n} {%e} "%r2" %^',
  '%e/%{server} %{a}/%{b} %T %s "%r"',
];

const REQUESTS = [
  'GET /v1/items?x=1 HTTP/1.1',
  'GET /v1/items HTTP/2',
  'POST /t/acme/x?a=b?c',
  'GET /é HTTP/1.1',
  'GET /a\u00a0b HTTP/1.1',
  'GET /a\tb HTTP/1.1',
  'GET  / HTTP/1.1',
  'GET / HTTP/',
  'GET / HTTP/1.1 x',
  '\\x16\\x03',
  'GET /a\\"b\\\\c HTTP/1.1',
  'get',
  '-',
  '',
];
const AGENTS = ['curl/8.9', 'Mozilla/5.0 (X11)', 'a \\"quoted\\" agent', 'open \\', '-', ''];
const HOSTS = ['api.acme.example', 'api.acme.example:443', '203.0.113.9', '2001:db8::9', 'b.example'];

/** Lines as servers write them, some of them odd. */
function logLine(random: Random, oddness: number): string {
  const odd = <T>(texts: readonly T[]) => random.pick(random.chance(oddness) ? texts : texts.slice(0, 2));
  const quoted = () =>
    `"${odd(REQUESTS)}" ${odd(['200', '404', '2000', '-', 'x'])} ${odd(['18320', '17', '-', '-1', ''])}`;
  const who = odd(['acme', 'b', '-', 'Nimbus Ltd', 'é', 'x"y', '']);
  const time = odd(TEXTS.lt!);
  const tail = odd([` "${odd(AGENTS)}" "${odd(AGENTS)}"`, '', ' "-" "cut off', ' "-" "a" more']);
  return random.pick([
    () => `${odd(HOSTS)} - ${who} [${time}] ${quoted()}${tail}`,
    () => `${odd(HOSTS)} ${odd(HOSTS)} - ${who} [${time}] ${quoted()}${tail}`,
    () => `[${time}] "${odd(REQUESTS)}" 200 ${odd(['17', '-'])} {${who}} "${odd(REQUESTS)}" and so on`,
    () => `${who}/srv1 0/-1 ${odd(['0.043', '1', '-', '1.', '.5'])} 200 "${odd(REQUESTS)}"`,
  ])();
}

const ELB_NAMES = ['type', 't', 'lt', 'who', 'n', 'uri', 'host', 'id'];

function elbLine(random: Random, oddness: number, names: readonly string[]): string {
  const [row] = randomRows(random, FIELDS, 1);
  const cell = (name: string) => {
    const text = (row![name] ?? 'https').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return /[ "]/.test(text) || text === '' || name === 'uri' ? `"${text}"` : text;
  };
  const cells = names.map(cell);
  if (random.chance(oddness * 0.3)) cells.pop();
  if (random.chance(0.2)) cells.push('more', '"fields"');
  if (random.chance(oddness * 0.2)) cells.push(random.pick(['"open', '"a"b', '"', '']));
  return cells.join(random.chance(oddness * 0.1) ? '  ' : ' ');
}

/** A run over text logs, delimited text with comments or a header of its own, or lines of JSON behind something else. */
export function logRun(random: Random): Run {
  const kind = random.pick(['formats', 'formats', 'elb', 'elb', 'delimited', 'prefix'] as const);
  const oddness = random.pick([0, 0.05, 0.3, 0.8]);
  const count = random.pick([1, 5, 20, 40, 60, random.chance(0.2) ? 1500 : 200]);
  const comments = random.chance(0.5) ? '#' : undefined;
  const isMarked = random.chance(0.5);
  const formats = random.some(FORMATS).flatMap((text) => {
    const format = logFormatOf(text);
    return 'reason' in format ? [] : [format];
  });
  const line: LineForm | undefined =
    kind === 'formats' ? { kind: 'formats', formats } : kind === 'elb' ? { kind: 'space-quoted' } : undefined;
  const names = kind === 'elb' ? ELB_NAMES : FIELDS;
  const header = isMarked ? { mark: '#Fields:' } : { names };
  const base = mappingWithForms(random);
  const records: RecordForm = {
    comments,
    line,
    ...(kind === 'prefix' ? { prefix: /^\S+ (?=\{)/u } : { header: kind === 'formats' ? undefined : header }),
  };
  const format = kind === 'prefix' ? 'ndjson' : kind === 'delimited' ? random.pick(['csv', 'tsv'] as const) : undefined;
  const mapping: Mapping = {
    ...(kind === 'formats' ? logMapping(random, base) : base),
    records,
    inputFormat: format,
    ...(format === 'csv' && random.chance(0.3) && { quotes: 'none' as const }),
  };
  const habit = { ...jsonHabit(random), blanks: 0 };
  const delimiter = format === 'tsv' ? '\t' : ',';
  const headerLine = `#Fields: ${names.join(kind === 'elb' ? ' ' : random.pick([' ', delimiter]))}`;
  const lineOf = (row: Row) => {
    if (kind === 'formats') return logLine(random, oddness);
    if (kind === 'elb') return elbLine(random, oddness, names);
    if (kind === 'prefix') {
      const json = jsonLine(row, random, random.pick([0, 0, 0.1]), habit);
      return random.chance(0.7) ? `${random.pick(['2026-10-01T00:00:00Z', 'é', 'a b'])} ${json}` : json;
    }
    return names.map((name) => row[name]!.replaceAll(delimiter, ' ')).join(delimiter);
  };
  const inputs = Array.from({ length: random.pick([1, 1, 2]) }, (_, i) => {
    const lines = randomRows(random, FIELDS, count).map(lineOf);
    if (isMarked && kind !== 'prefix' && random.chance(0.95)) lines.unshift(headerLine);
    for (let n = random.pick([0, 0, 1, 3]); n > 0; n--)
      lines.splice(random.below(lines.length + 1), 0, random.pick(['# a, "comment', '#', '', headerLine, '\ufeff# a']));
    const end = random.pick(['\n', '\n', '\r\n']);
    return {
      name: `input${i}`,
      bytes: damaged(Buffer.from(lines.join(end) + (random.chance(0.8) ? end : '')), random),
      packing: random.pick(['file', 'file', 'gzip', 'stream'] as const),
    };
  });
  return runOver(inputs, mapping, random);
}

/** The mapping with fields that log formats have. */
function logMapping(random: Random, base: Mapping): Mapping {
  const instant: FieldForm = {
    kind: 'instant',
    of: { kind: 'field', field: '%t', steps: [] },
    format: TIME_FORMATS[0]!,
  };
  const host: FieldForm = { kind: 'field', field: '%v', steps: [{ kind: 'url', part: 'host' }] };
  return {
    ...base,
    roles: {
      ...base.roles,
      timestamp: { names: ['instant'] },
      customer: { names: [random.pick(['%e', '%e', 'host'])] },
      eventId: random.chance(0.5) ? { names: ['%r'] } : { names: ['nothing'] },
      source: { names: ['nothing'] },
    },
    meters: new Map([
      ['requests', { constant: '1' }],
      ['egress', { field: random.pick(['%b', '%{n}', '%T']), scale: ONE }],
    ]),
    dimensions: new Map([
      ['route', random.pick(['%U', '%r', '%q'])],
      ['region', random.pick(['%s', '%m', '%H', '%u'])],
    ]),
    where: random.chance(0.3) ? [randomCondition(random, ['%s', '%m'])] : [],
    derived: new Map<string, FieldForm>([
      ['instant', instant],
      ['host', host],
      ['nothing', { kind: 'constant', text: '' }],
    ]),
  };
}

export function runOver(inputs: Run['inputs'], mapping: Mapping, random: Random): Run {
  const start = Date.UTC(2026, 9, 1);
  const plain = inputs.reduce((sum, { bytes }) => sum + bytes.length, 0) < 20_000;
  return {
    inputs,
    probes: [],
    request: {
      meters: METERS.slice(0, random.pick([3, 6])),
      dimensions: random.pick([[], ['region'], ['route', 'region'], ['absent']]),
      buckets: bucketsFor('UTC', [start, start + 31 * 86_400_000]),
      period: random.chance(0.3) ? { start, end: start + 86_400_000 } : undefined,
      mapping,
      timezone: mapping.timezone ?? (random.chance(0.3) ? 'UTC' : undefined),
      format: mapping.inputFormat,
      timeUnit: mapping.timeUnit,
      dedupe: random.chance(0.6),
      trimIds: random.chance(0.15),
      trace: random.chance(0.2),
      threads: random.chance(0.02) ? 2 : 1,
    },
    tuning: {
      chunkBytes: plain ? random.pick([7, 100, 333, 5000]) : random.pick([3000, 1 << 16]),
      rangeBytes: plain ? random.pick([50, 200, 1000]) : random.pick([20_000, 1 << 24]),
      kernelBytes: random.pick([0, 2 ** 30]),
      leastLogBytes: 0,
      cutsAlways: random.chance(0.5),
    },
  };
}
