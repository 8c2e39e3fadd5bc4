// npm run bench: meter beside what a user would pick instead, in one run on one machine; see README.md.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { generateSample, sampleOptions } from '../dist/sample/index.js';
import { measureCliffs } from './cliffs.mjs';
import { measureEngines } from './engines.mjs';
import { compare, resultTable, runOnce } from './measure.mjs';
import { measurePresets } from './presets.mjs';
import { measureScaling } from './scaling.mjs';
import { shuffleLines } from './shuffle.mjs';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    input: { type: 'string' },
    keep: { type: 'boolean', default: false },
    times: { type: 'string', default: '3' },
    directory: { type: 'string', default: join(tmpdir(), 'meter-bench') },
    only: { type: 'string' },
  },
});
const ROWS = Number(flags.rows ?? 10_000_000);
const TIMES = Number(flags.times);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const METER = here('../bin/meter.js');
const TIERS = here('tiers.yaml');

const onlyCliffs = flags.only === 'cliffs';
if (!onlyCliffs && !existsSync(here('node_modules'))) {
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: here('.'), stdio: 'inherit' });
}
mkdirSync(flags.directory, { recursive: true });

/** A sample export of that name, written once. */
async function sample(name, given) {
  const path = join(flags.directory, `${name}-${given.rows}.${given.format ?? 'csv'}`);
  if (existsSync(path)) return path;
  console.error(`writing ${path}`);
  const file = createWriteStream(`${path}.part`);
  for (const chunk of generateSample(sampleOptions({ customers: 2000, seed: 7, ...given }))) {
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  execFileSync('mv', [`${path}.part`, path]);
  return path;
}

async function derived(path, ending, make) {
  const target = path.replace(/(\.\w+)$/, `${ending}`);
  if (!existsSync(target)) {
    console.error(`writing ${target}`);
    await make(target);
  }
  return target;
}

const meter = (file, ...more) => ({
  name: `meter invoice ${more.join(' ')}`.trim(),
  args: [METER, 'invoice', file, '--tiers', TIERS, '--format', 'ndjson', '--quiet', ...more],
  isMeter: true,
});
const duckdb = (format, question, file) => ({
  name:
    question === 'hour'
      ? 'DuckDB, 2 threads: sum by customer and hour'
      : 'DuckDB, 2 threads: distinct on (event_id), sum by customer',
  args: [here('engines/duckdb.mjs'), format, question, file],
});
const clickhouse = (format, question, file) => ({
  name:
    question === 'hour'
      ? 'ClickHouse embedded: sum by customer and hour'
      : 'ClickHouse embedded: one row an event_id, sum by customer',
  args: [here('engines/chdb.mjs'), format, question, file],
});

/** `customer requests compute egress` a line, plain decimals without trailing zeros, whatever program it comes from. */
function answerOf(output, { isMeter }) {
  const plain = (number) => (number.includes('.') ? number.replace(/\.?0+$/, '') : number);
  const lines = output.trim().split('\n');
  const rows = isMeter
    ? lines.slice(0, -1).map((line) => {
        const { customer, usage } = JSON.parse(line);
        return [customer, usage.requests, usage.compute, usage.egress];
      })
    : lines.map((line) => line.split('\t'));
  return rows.map(([customer, ...sums]) => [customer, ...sums.map(plain)].join(' ')).join('\n');
}

/** `customer meter quantity instant` a line, in one order, whatever program it comes from. */
function crossingsOf(output, { isMeter }) {
  const lines = output.trim().split('\n');
  if (!isMeter) return lines.sort().join('\n');
  const fields = { requests: 'requests', egress: 'egress_bytes' };
  const limits = { requests: [160_000, 200_000], egress: [40_000_000_000, 50_000_000_000] };
  const rows = lines.map((line) => {
    const { customer, meter, kind, at } = JSON.parse(line);
    return [customer, fields[meter], limits[meter][kind === 'limit' ? 1 : 0], Date.parse(at)].join('\t');
  });
  return rows.sort().join('\n');
}

const measured =
  (title, programs, times = TIMES) =>
  async () =>
    console.log(resultTable(title, await compare(programs, { times, answerOf })));

const inventory = {
  csv: async () => {
    const file = await sample('usage', { rows: ROWS });
    await measured(`CSV, ${ROWS} rows, ${megabytes(file)}`, [
      meter(file, '--no-dedupe'),
      duckdb('csv', 'hour', file),
      clickhouse('csv', 'hour', file),
    ])();
  },
  dedupe: async () => {
    const file = await sample('usage', { rows: ROWS });
    await measured(`CSV with exact deduplication, ${ROWS} rows`, [
      meter(file),
      duckdb('csv', 'distinct', file),
      clickhouse('csv', 'distinct', file),
    ])();
  },
  csvParse: async () => {
    const rows = ROWS / 10; // the reference reader takes its time
    const file = await sample('usage', { rows });
    const plain = { name: 'csv-parse and BigInt sums, no checks', args: [here('engines/csvParse.mjs'), file] };
    const reference = {
      name: "meter's reference reader, on csv-parse",
      args: [here('engines/reference.mjs'), file, TIERS],
    };
    await measured(`csv-parse, ${rows} rows`, [meter(file), plain, reference], 1)();
  },
  ndjson: async () => {
    const file = await sample('usage', { rows: ROWS / 2, format: 'ndjson' });
    await measured(`NDJSON, ${ROWS / 2} rows, ${megabytes(file)}`, [
      meter(file, '--no-dedupe'),
      duckdb('ndjson', 'hour', file),
      clickhouse('ndjson', 'hour', file),
    ])();
    await measured(`NDJSON with exact deduplication, ${ROWS / 2} rows`, [
      meter(file),
      duckdb('ndjson', 'distinct', file),
    ])();
  },
  large: async () => {
    const file = await sample('uuids', { rows: ROWS * 3, ids: 'uuid' });
    await measured(`CSV with exact deduplication of UUIDs, ${ROWS * 3} rows, ${megabytes(file)}`, [
      meter(file),
      duckdb('csv', 'distinct', file),
    ])();
  },
  growth: async () => {
    const results = [];
    for (const rows of [ROWS * 0.3, ROWS * 3]) {
      const file = await sample('uuids', { rows, ids: 'uuid' });
      for (const more of [[], ['--no-dedupe']]) {
        const [result] = await compare([meter(file, ...more)], { times: TIMES, answerOf });
        results.push({ ...result, name: `${result.name}, ${rows} rows` });
      }
    }
    console.log(resultTable('Ten times the rows', results));
  },
  shuffled: async () => {
    const file = await sample('usage', { rows: ROWS });
    const shuffled = await derived(file, '.shuffled.csv', (target) => shuffleLines(file, target));
    await measured('Rows in order and shuffled', [
      meter(file),
      { ...meter(shuffled), name: 'meter invoice, rows shuffled' },
    ])();
  },
  shapes: async () => {
    const file = await sample('usage', { rows: ROWS });
    const gzip = await derived(file, '.csv.gz', (target) =>
      pipeline(createReadStream(file), createGzip(), createWriteStream(target)),
    );
    await measured('The same rows as a plain file, gzip, from a pipe, with one thread', [
      meter(file),
      { ...meter(gzip), name: 'meter invoice, gzip' },
      { ...meter('-'), name: 'meter invoice, from a pipe', input: file },
      meter(file, '--threads', '1'),
      duckdb('csv', 'distinct', gzip),
    ])();
  },
  timeline: async () => {
    const file = await sample('usage', { rows: ROWS });
    const limited = (command, ...more) => ({
      args: [
        METER,
        command,
        file,
        '--tiers',
        here('limited.yaml'),
        '--format',
        'ndjson',
        '--quiet',
        '--no-dedupe',
        ...more,
      ],
    });
    const invoices = await compare([{ name: 'meter invoice', ...limited('invoice') }], {
      times: TIMES,
      answerOf: () => '',
    });
    const timelines = await compare(
      [
        { name: 'meter timeline, exact instants', ...limited('timeline'), isMeter: true },
        {
          name: 'DuckDB, 2 threads: running sums in a window',
          args: [here('engines/duckdb.mjs'), 'csv', 'crossings', file],
        },
      ],
      { times: TIMES, answerOf: crossingsOf },
    );
    console.log(
      resultTable(`When 80 % and 100 % of two limits were reached, ${ROWS} rows`, [...timelines, ...invoices]),
    );
  },
  ledgers: async () => {
    const file = await sample('usage', { rows: ROWS });
    const ledger = file.replace(/\.csv$/, '.ledger.ndjson.gz');
    const folder = join(flags.directory, 'closed');
    const quiet = ['--tiers', TIERS, '--quiet'];
    const entries = [
      meter(file),
      { name: 'meter ledger', args: [METER, 'ledger', file, ...quiet, '-o', ledger] },
      { ...meter(ledger), name: 'meter invoice of that ledger' },
      {
        name: 'meter close',
        args: [METER, 'close', '2026-10', file, ...quiet, '-o', folder],
        wrap: ['sh', '-c', 'rm -rf "$0"; exec "$@"', folder], // a closed month is never written over
      },
      { name: 'meter verify, from its ledger', args: [METER, 'verify', folder, '--quiet'] },
    ];
    const results = await compare(entries, { times: TIMES, answerOf: () => '' });
    console.log(resultTable(`Ledgers beside the invoices of the same rows, ${ROWS} rows`, results, 'meter invoice'));
  },
  startup: async () => {
    const node = { name: 'node -e 0', args: ['-e', '0'] };
    const edge = join(flags.directory, 'edge.yaml');
    writeFileSync(
      edge,
      'tier: production\nroutes:\n  - { match: /api/*, traffic: 3M/month, response: 1kB, compute: 4ms }\n',
    );
    const estimate = {
      name: 'meter estimate, one route',
      args: [METER, 'estimate', edge, '--tiers', here('../tiers.example.yaml'), '--quiet'],
    };
    console.log(resultTable('Start-up', await compare([node, estimate], { times: 20, answerOf: () => '' }), 'node'));
  },
  customers: async () => {
    const lines = [
      '### Memory by customers',
      '',
      '| customers | peak memory | customer-hours in use | bytes each beyond the first row |',
      '| ---: | ---: | ---: | ---: |',
    ];
    let base;
    for (const customers of [2000, 100_000, 1_000_000]) {
      const file = await sample(`customers-${customers}`, { rows: ROWS, customers });
      const { peak } = await runOnce(meter(file, '--no-dedupe').args, { keepsOutput: false });
      const hours = Number(execFileSync(process.execPath, [here('engines/customerHours.mjs'), file]).toString());
      base ??= { peak, hours };
      const each = hours === base.hours ? '' : Math.round((peak - base.peak) / (hours - base.hours));
      lines.push(`| ${customers} | ${Math.round(peak / 1e6)} MB | ${hours} | ${each} |`);
    }
    console.log(`${lines.join('\n')}\n`);
  },
  invoices: async () => {
    const customers = ROWS / 100;
    const file = await sample(`customers-${customers}`, { rows: ROWS, customers });
    const invoices = (...more) => ({ ...meter(file, '--no-dedupe', ...more), isMeter: true });
    const results = await compare([invoices(), invoices('--threads', '1')], { times: TIMES });
    console.log(resultTable(`Invoices of ${customers} customers, ${ROWS} rows`, results));
  },
  scaling: async () => {
    const files = [];
    for (const rows of [ROWS / 10, ROWS * 0.3, ROWS, ROWS * 3]) files.push([rows, await sample('usage', { rows })]);
    await measureScaling({
      ...{ files, piped: ROWS * 10, times: TIMES, threads: [1, 2] },
      meterArgs: (file, threads) => meter(file, '--no-dedupe', '--threads', String(threads)).args,
      sampleArgs: (rows) => [METER, 'sample', '--rows', String(rows), '--customers', '2000'],
    });
  },
  presets: () =>
    measurePresets({
      rows: Number(flags.rows ?? 1_000_000),
      times: TIMES,
      only: flags.input?.split(','),
      directory: flags.directory,
      meter: METER,
      tiers: TIERS,
      sample,
    }),
  engines: async () => {
    const rows = Number(flags.rows ?? 100_000_000);
    const fileRows = Math.min(rows, 10_000_000);
    const given = { rows, fileRows, directory: flags.directory, meter: METER, tiers: TIERS };
    console.log(await measureEngines(given));
  },
  cliffs: () =>
    measureCliffs({
      rows: Number(flags.rows ?? 1_000_000),
      times: TIMES,
      only: flags.input,
      directory: flags.directory,
      keeps: flags.keep,
      meter: METER,
      tiers: TIERS,
      limitedTiers: here('limited.yaml'),
    }),
};

console.log(
  `${cpus()[0].model}, ${availableParallelism()} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, median of ${TIMES} runs\n`,
);
// These take long, and are only measured when they are asked for.
const LONG = ['cliffs', 'engines', 'presets'];
const wanted = flags.only?.split(',') ?? Object.keys(inventory).filter((name) => !LONG.includes(name));
for (const name of wanted) {
  if (!inventory[name])
    throw new Error(`there is no benchmark ${name}; there are ${Object.keys(inventory).join(', ')}`);
  await inventory[name]();
}

function megabytes(file) {
  return `${Math.round(statSync(file).size / 1e6)} MB`;
}
