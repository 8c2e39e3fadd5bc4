// Exports of platforms by preset beside meter's own columns: rows a second of processor time, in one run on one machine.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QUESTIONS } from './engines/duckdbPresets.mjs';
import { median } from './measure.mjs';
import { PRESETS, presetFile } from './presetFiles.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const LOGS = new Set(['combined', 'alb', 'envoy-text', 'haproxy']);
const WITH_EACH = new Set(['lago-events', 'cloudflare-graphql', 'otlp', 'prometheus']);
/** Records of these are fewer: they hold counters, which the slow reader reads. */
const COUNTERS = new Set(['otlp', 'prometheus']);
const FEWER = 100;

/** Wall and processor seconds of a command, its threads and children included, and what it printed. */
function timed(command, args, cwd) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" 2>&3';
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `exec 3>&2; { ${script}; }`, 'bash', command, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lines = stderr.trim().split('\n');
  const [wall, user, system] = lines.at(-1).split(' ').map(Number);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return { stdout, notes: lines.slice(0, -1).join('\n'), wall, cpu: user + system };
}

/** Sums over all customers, with what the reader says of itself. */
function totalsOf({ stdout, notes }) {
  let [requests, egress] = [0n, 0n];
  for (const line of stdout.trim().split('\n').slice(0, -1)) {
    const { usage = {} } = JSON.parse(line);
    requests += BigInt((usage.requests ?? '0').replace(/\..*/, ''));
    egress += BigInt((usage.egress ?? '0').replace(/\..*/, ''));
  }
  const [read] = /^[\d ]+(?= rows read)/m.exec(notes) ?? ['0'];
  return {
    requests,
    egress,
    read: Number(read.replaceAll(' ', '')),
    isSlow: notes.includes('read by the slow reader'),
  };
}

/** What haproxy's local times need; hours of the same customer that are the same id again and again. */
const MORE_FLAGS = { haproxy: ['--timezone', 'UTC'], 'cloudflare-graphql': ['--no-dedupe'] };

const hasGoAccess = () => spawnSync('goaccess', ['--version']).status === 0;
const hasDuckDb = () => existsSync(here('node_modules/@duckdb/node-api'));

/** `rows`: of each export; `sample`: makes an export of meter's own columns, and returns its path. */
export async function measurePresets({ rows, times, directory, meter, tiers, sample, only }) {
  const invoice = (file, ...more) => [meter, 'invoice', file, '--tiers', tiers, '--format', 'ndjson', ...more];
  const repeated = (command, args) => {
    const runs = Array.from({ length: times }, () => timed(command, args));
    return { ...runs[0], cpu: median(runs.map(({ cpu }) => cpu)), wall: median(runs.map(({ wall }) => wall)) };
  };
  const perSecond = (count, { cpu }) => count / cpu;
  const own = {};
  for (const format of ['csv', 'ndjson']) {
    const file = await sample('own', { rows, format });
    own[format] = perSecond(rows, repeated(process.execPath, invoice(file)));
  }
  const thousands = (number) => `${Math.round(number / 1000)} k`;
  const say = (line) => console.log(line);
  const lines = [
    `### Presets: rows a second of processor time, ${rows} rows each, whole processes`,
    '',
    `Own columns: ${thousands(own.csv)} of CSV, ${thousands(own.ndjson)} of NDJSON.`,
    '',
    '| preset | bytes a row | rows/s | of own columns | wanted | DuckDB rows/s | meter ÷ DuckDB |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  say(lines.join('\n'));
  for (const preset of only ?? PRESETS) {
    const count = COUNTERS.has(preset) ? Math.ceil(rows / FEWER) : rows;
    const file = await presetFile(preset, count, directory);
    const run = repeated(process.execPath, invoice(file, '--preset', preset, ...(MORE_FLAGS[preset] ?? [])));
    const totals = totalsOf(run);
    const speed = perSecond(totals.read, run);
    const than = file.endsWith('json') ? own.ndjson : own.csv;
    const wanted = WITH_EACH.has(preset) ? '1/4' : LOGS.has(preset) ? '1/3' : '1/2';
    const duck = duckDb(preset, file, totals, repeated);
    const note = totals.isSlow ? ' (slow reader)' : '';
    say(
      `| ${preset}${note} | ${Math.round(statSync(file).size / totals.read)} | ${thousands(speed)} | ${(speed / than).toFixed(2)} | ${wanted} | ${duck ? thousands(count / duck.cpu) : ''} | ${duck ? (speed / (count / duck.cpu)).toFixed(1) : ''} |`,
    );
  }
  say('');
  if (!only || only.includes('combined')) await besideGoAccess(await presetFile('combined', rows, directory), rows);

  async function besideGoAccess(file, count) {
    if (!hasGoAccess()) {
      console.log('GoAccess is not installed (apt-get install goaccess): not measured.\n');
      return;
    }
    const run = repeated(process.execPath, invoice(file, '--preset', 'combined'));
    const report = join(directory, 'goaccess.json');
    const other = repeated('goaccess', [file, '--log-format=COMBINED', '--no-progress', '-o', report]);
    const version = execFileSync('goaccess', ['--version'], { encoding: 'utf8' }).split('\n')[0];
    console.log(`${version} on the combined log, whole processes, start included:\n`);
    console.log('| program | wall s | processor s | rows/s of processor time |\n| --- | ---: | ---: | ---: |');
    for (const [name, { wall, cpu }] of [
      ['meter invoice --preset combined', run],
      ['goaccess --log-format=COMBINED', other],
    ])
      console.log(`| ${name} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${thousands(count / cpu)} |`);
    console.log(
      `\nmeter ÷ GoAccess: ${(other.cpu / run.cpu).toFixed(1)} in processor time, ${(other.wall / run.wall).toFixed(1)} in wall time\n`,
    );
  }
}

/** DuckDB's run over the same file, which has to find the same totals; undefined where it is not asked. */
function duckDb(preset, file, { requests, egress }, repeated) {
  if (!QUESTIONS[preset] || !hasDuckDb()) return undefined;
  const run = repeated(process.execPath, [here('engines/duckdbPresets.mjs'), preset, file]);
  const [count, bytes] = run.stdout.trim().split('\t').map(BigInt);
  if (count !== requests || bytes !== egress)
    throw new Error(`${preset}: DuckDB finds ${count} and ${bytes}, meter ${requests} and ${egress}`);
  return run;
}
