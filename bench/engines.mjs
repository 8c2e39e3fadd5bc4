// Usage that lives in an engine beside the same rows as a file: ledgers, and invoices of them. The rows are made in the engine.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clickhouseRows, duckdbRows } from './engines/madeUpUsage.mjs';
import { runOnce } from './measure.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * `rows` in the engines, of which `fileRows` are a file, too; one run of each. Prints seconds, processor seconds, peak memory (of
 * ClickHouse: meter's and the server's) and the bytes that came to meter. Fails where two ledgers of the same rows differ.
 */
export async function measureEngines({ rows, fileRows, directory, meter, tiers }) {
  const files = join(directory, `engines-${fileRows}`);
  const duck = join(directory, `engines-${rows}.duckdb`);
  if (!existsSync(duck)) tableInDuckDb(duck, rows);
  if (!existsSync(`${files}.csv`)) tableInDuckDb(`${files}.part.duckdb`, fileRows, `${files}.csv`);
  const server = await startServer(join(directory, `engines-${rows}.clickhouse`), rows);
  const results = [];
  const take = (result) => {
    results.push(result);
    console.error(line(result)); // a run takes an hour, and may be ended before it is over
  };
  const hashes = new Map();
  try {
    for (const more of [['--no-dedupe'], []]) {
      const sources = [
        { name: 'file, CSV', source: `${files}.csv`, count: fileRows },
        { name: 'DuckDB', source: `duckdb:${duck}?table=usage`, count: rows },
        {
          name: 'ClickHouse',
          source: `clickhouse://127.0.0.1:${server.port}/default?table=usage`,
          count: rows,
          pid: server.pid,
        },
      ];
      for (const { name, source, count, pid } of sources) {
        const ledger = join(directory, `engines-${name.replace(/\W/g, '')}.ndjson`);
        const before = pid ? processorSeconds(pid) : 0;
        const args = [meter, 'ledger', source, '--tiers', tiers, '--quiet', ...more, '-o', ledger];
        const { seconds, peak, processor } = await runOnce(args, { keepsOutput: false });
        const own = pid ? processorSeconds(pid) - before : 0;
        const bytes = statSync(name.startsWith('file') ? source : ledger).size;
        take({
          name: `${['ledger', ...more].join(' ')} from ${name}`,
          count,
          seconds,
          processor: processor + own,
          peak,
          server: pid && peakOf(pid),
          bytes,
        });
        const key = `${count} ${more}`;
        const hash = await recordsHash(ledger);
        if ((hashes.get(key) ?? hash) !== hash) throw new Error(`the ledger from ${name} is another`);
        hashes.set(key, hash);
        if (more.length > 0) continue;
        const invoice = [meter, 'invoice', ledger, '--tiers', tiers, '--format', 'ndjson', '--quiet'];
        const run = await runOnce(invoice, { keepsOutput: false });
        take({ name: `invoices of that ledger`, count, ...run, bytes: statSync(ledger).size });
      }
    }
  } finally {
    server.end();
  }
  return table(results);
}

function line({ name, count, seconds, processor, peak, server, bytes }) {
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  const memory = server ? `${megabytes(peak)} + ${megabytes(server)}` : megabytes(peak);
  return `| ${name} | ${count / 1e6} M | ${seconds.toFixed(1)} | ${processor.toFixed(1)} | ${memory} | ${megabytes(bytes)} |`;
}

function table(results) {
  return [
    '### Usage in engines',
    '',
    '| work | rows | seconds | processor seconds | peak memory | bytes to meter |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...results.map(line),
    '',
  ].join('\n');
}

function tableInDuckDb(path, rows, csv = '') {
  console.error(`writing ${path}`);
  execFileSync(process.execPath, [here('engines/duckdbTable.mjs'), path, duckdbRows(rows), csv], { stdio: 'inherit' });
}

async function startServer(directory, rows) {
  const isThere = existsSync(directory);
  const child = spawn(process.execPath, [here('engines/clickhouseServer.mjs'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  if (!isThere) {
    console.error(`writing ${directory}`);
    const body = `CREATE TABLE usage ENGINE = MergeTree ORDER BY (customer_id, timestamp) AS ${clickhouseRows(rows)}`;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    if (!answer.ok) throw new Error(await answer.text());
  }
  return { port, pid: child.pid, end: () => child.stdin.end() };
}

/** Seconds of processor time that a process has taken; Linux alone says so. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/** Hash of a ledger's records: what names its source differs. */
async function recordsHash(path) {
  const hash = createHash('sha256');
  let lines = 0;
  let head = '';
  for await (const chunk of createReadStream(path, 'latin1')) {
    if (lines >= 2) {
      hash.update(chunk, 'latin1');
      continue;
    }
    head += chunk;
    const at = head.indexOf('\n', head.indexOf('\n') + 1);
    if (at < 0) continue;
    lines = 2;
    hash.update(head.slice(at), 'latin1');
  }
  return hash.digest('hex');
}
