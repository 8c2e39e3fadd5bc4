/** Tables of engines as exports: the engine adds up, and no invoice is made of a part of its answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { withDuckDb } from './duckdb.ts';
import { CUSTOMERS, generatedExports, TIERS } from './exports.ts';

const SIMPLE = 'default_tier: pro\npricing_tiers: { pro: { cost: 19, overage: { requests: 0.40/10k } } }\n';

describe('DuckDB', () => {
  test('a table gives the invoices that the same rows give as a file, for a period and for all', async () => {
    const [rows] = generatedExports(7, { files: 1, rows: 120 });
    const cwd = temporaryDirectory({ 'usage.csv': rows!, 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
    const csv = `read_csv('${join(cwd, 'usage.csv')}', header = true, all_varchar = true)`;
    await withDuckDb((ask) => ask(`CREATE TABLE usage AS SELECT * FROM ${csv}`), join(cwd, 'u.duckdb'));
    for (const period of ['2026-10', 'all']) {
      const words = `--customers customers.yaml --max-rejects 1000 --period ${period} --format json --explain`.split(
        ' ',
      );
      const table = await runMeter(['invoice', 'duckdb:u.duckdb?table=usage', ...words], { cwd });
      const file = await runMeter(['invoice', 'usage.csv', ...words], { cwd });
      expect(table.exitCode, table.stderr).toBe(0);
      expect(table.stdout).toBe(file.stdout);
    }
  });

  test.each([
    ['requests DOUBLE', 'the column requests is DOUBLE: a float is no exact quantity', 'float-column'],
    ['requests DATE', 'the column requests is DATE: neither text nor number', 'column-type'],
  ])('a column that is not exact is refused before anything is added up: %s', async (column, message, code) => {
    const cwd = temporaryDirectory({ 'tiers.yaml': SIMPLE });
    await withDuckDb(
      (ask) => ask(`CREATE TABLE usage (timestamp VARCHAR, customer_id VARCHAR, ${column})`),
      join(cwd, 'u.duckdb'),
    );
    const { stderr, stdout, exitCode } = await runMeter(['invoice', 'duckdb:u.duckdb?table=usage'], { cwd });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toContain(message);
    expect(stderr).toContain(`[input/${code}]`);
  });

  test('a time column without a zone is refused, too', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': SIMPLE });
    await withDuckDb(
      (ask) => ask('CREATE TABLE usage (timestamp TIMESTAMP_NS, customer_id VARCHAR, requests BIGINT)'),
      join(cwd, 'u.duckdb'),
    );
    const { stderr } = await runMeter(['invoice', 'duckdb:u.duckdb?table=usage'], { cwd });
    expect(stderr).toContain('the column timestamp is TIMESTAMP_NS: times without a zone [input/column-type]');
  });
});

const ROWS = `timestamp,event_id,customer_id,requests
2026-10-05T10:00:00Z,e1,acme,18446744073709551615
2026-10-05T10:30:00Z,e2,acme,7
2026-10-06T10:30:00Z,e3,bolt,7
`;
const PASSWORD = 'p4ssw0rd!';

/** Answers the query for the ledger. */
type Answer = (lines: string, response: ServerResponse) => void;

/** A server that speaks as much of ClickHouse's HTTP interface as the driver needs. */
async function serverFor(
  answer: Answer,
  lines: string,
  rows?: { readonly answer: string; readonly count: number },
): Promise<{ port: number; queries: IncomingMessage[] }> {
  const queries: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      queries.push(request);
      const query = Buffer.concat(pieces).toString();
      response.setHeader('X-ClickHouse-Format', 'TabSeparatedRaw');
      if (query.includes('m_lines')) answer(lines, response);
      else if (query.includes('m_ids') || query.includes('OVER ()')) response.end(rows?.answer ?? '');
      else if (query.startsWith('SELECT COUNT(*)')) response.end(`${rows?.count}\n`);
      else if (query.includes('m_digits')) response.end('0\n');
      else if (query.includes('verdict')) response.end('requests\tUInt64\tok\ntimestamp\tString\tok\n');
      else response.end('timestamp\tString\nevent_id\tString\ncustomer_id\tString\nrequests\tUInt64\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, queries };
}

async function invoiceFrom(answer: Answer, signal?: AbortSignal) {
  const cwd = temporaryDirectory({ 'usage.csv': ROWS, 'tiers.yaml': SIMPLE });
  const ledger = await runMeter(['ledger', 'usage.csv'], { cwd });
  const { port, queries } = await serverFor(answer, ledger.stdout);
  const table = `clickhouse://biller@127.0.0.1:${port}/billing?table=usage`;
  const env = { METER_CLICKHOUSE_PASSWORD: PASSWORD };
  const words = ['--period', '2026-10', '--format', 'json'];
  const logs = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => {
    return vi.spyOn(console, level).mockImplementation(() => undefined);
  });
  const result = await runMeter(['invoice', table, ...words], { cwd, env, ...(signal && { signal }) });
  const said = logs.flatMap((log) => log.mock.calls);
  for (const log of logs) log.mockRestore();
  expect(said).toEqual([]); // the driver's own words may have a password in them
  const wanted = await runMeter(['invoice', 'usage.csv', ...words], { cwd });
  return { ...result, wanted: wanted.stdout, queries };
}

describe('ClickHouse, of which a server on loopback speaks the protocol to the real driver', () => {
  test('a whole answer is the invoice of the rows; user and password go as the driver sends them, and nowhere else', async () => {
    const { stdout, stderr, exitCode, wanted, queries } = await invoiceFrom((lines, response) => response.end(lines));
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe(wanted);
    const basic = `Basic ${Buffer.from(`biller:${PASSWORD}`).toString('base64')}`;
    expect(queries.map(({ headers }) => headers.authorization)).toEqual([basic, basic, basic, basic]);
    const ids = queries.map(({ url }) => new URL(url!, 'http://x').searchParams.get('query_id'));
    expect(new Set(ids).size).toBe(4);
    // A query of hours is no dead connection.
    const settings = queries.map(({ url }) => new URL(url!, 'http://x').searchParams);
    expect(settings.map((one) => one.get('send_progress_in_http_headers'))).toEqual(['1', '1', '1', '1']);
    expect(stdout + stderr).not.toContain(PASSWORD);
  });

  test.each<[string, Answer]>([
    [
      'an error after rows',
      (lines, response) =>
        response.end(`${lines.split('\n').slice(0, 4).join('\n')}\nCode: 241. DB::Exception: Memory limit\n`),
    ],
    [
      'an answer that is cut off at the end of a line',
      (lines, response) => response.end(`${lines.split('\n').slice(0, 5).join('\n')}\n`),
    ],
    [
      'a connection that breaks in the middle',
      (lines, response) => {
        response.write(lines.slice(0, lines.length / 2));
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['an answer that comes twice', (lines, response) => response.end(lines + lines)],
    [
      'an error instead of rows, which repeats the password',
      (_, response) => {
        response.statusCode = 516;
        response.setHeader('X-ClickHouse-Exception-Code', '516');
        response.end(`Code: 516. DB::Exception: biller: ${PASSWORD} is wrong. (AUTHENTICATION_FAILED)`);
      },
    ],
    ['an empty answer', (_, response) => response.end('')],
  ])('%s makes no invoice', async (_, answer) => {
    const { stdout, stderr, exitCode } = await invoiceFrom(answer);
    expect({ stdout, exitCode }, stderr).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toMatch(/\[(ledger\/(damaged|truncated)|input\/(engine-failed|empty))\]/);
    expect(stderr).not.toContain(PASSWORD);
  });

  test('a slow answer is waited for', async () => {
    const { stdout, wanted } = await invoiceFrom((lines, response) => {
      response.write(lines.slice(0, 300));
      setTimeout(() => response.end(lines.slice(300)), 200);
    });
    expect(stdout).toBe(wanted);
  });

  test('an interruption closes the connection, with which the server ends the query', async () => {
    const interruption = new AbortController();
    let isClosed: Promise<void> | undefined;
    const { exitCode, stdout } = await invoiceFrom((lines, response) => {
      response.write(lines.slice(0, 300));
      isClosed = new Promise((resolve) => response.on('close', resolve));
      setTimeout(() => interruption.abort(new Error('interrupted')), 50);
    }, interruption.signal);
    await isClosed;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  });
});

describe('rows of a table, by a second query', () => {
  const LIMITED =
    'default_tier: pro\npricing_tiers: { pro: { cost: 19, limits: { requests: 5/mo }, overage: { requests: 1 } } }\n';
  const [, ...rows] = ROWS.trimEnd().split('\n');
  const whole = rows.map((row) => {
    const [timestamp, event_id, customer_id, requests] = row.split(',');
    return `3 - ${JSON.stringify({ timestamp, event_id, customer_id, requests })}\n`;
  });

  async function timelineFrom(answer: string, count: number) {
    const cwd = temporaryDirectory({ 'usage.csv': ROWS, 'tiers.yaml': LIMITED });
    const ledger = await runMeter(['ledger', 'usage.csv'], { cwd });
    const { port } = await serverFor((lines, response) => response.end(lines), ledger.stdout, { answer, count });
    const words = ['--period', '2026-10', '--format', 'json'];
    const wanted = await runMeter(['timeline', 'usage.csv', ...words], { cwd });
    const found = await runMeter(['timeline', `clickhouse://127.0.0.1:${port}/db?table=usage`, ...words], { cwd });
    return { ...found, wanted: wanted.stdout };
  }

  test('a whole answer gives the instants that the file gives', async () => {
    const { stdout, stderr, wanted } = await timelineFrom(whole.join(''), 3);
    expect(stdout, stderr).toBe(wanted);
  });

  test.each([
    ['a row is missing', whole.slice(1).join(''), 3, 'input/engine-failed'],
    ['an error follows rows', `${whole[0]}Code: 241. DB::Exception: Memory limit\n`, 3, 'input/engine-failed'],
    ['the table has other rows by then', whole.join(''), 4, 'input/changed'],
    ['the rows are gone', '', 3, 'input/changed'],
  ])('%s: no timeline', async (_, answer, count, code) => {
    const { stdout, stderr, exitCode } = await timelineFrom(answer, count);
    expect({ stdout, exitCode }, stderr).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toContain(`[${code}]`);
  });
});

describe('a table whose rows no query adds up', () => {
  const [, ...rows] = ROWS.trimEnd().split('\n');
  const lines = rows.map((row) => {
    const [timestamp, event_id, customer_id, requests] = row.split(',');
    return `3 ${JSON.stringify({ timestamp, event_id, customer_id, requests })}\n`;
  });
  const words = ['--period', '2026-10', '--format', 'json', '--map', 'map.yaml'];

  async function invoicesFrom(answer: string) {
    const map = 'temporality: cumulative\nmeters: { requests: requests }\n';
    const cwd = temporaryDirectory({ 'usage.csv': ROWS, 'tiers.yaml': SIMPLE, 'map.yaml': map });
    const { port } = await serverFor((_, response) => response.end(), '', { answer, count: 3 });
    const found = await runMeter(['invoice', `clickhouse://127.0.0.1:${port}/db?table=usage`, ...words], { cwd });
    const wanted = await runMeter(['invoice', 'usage.csv', ...words], { cwd });
    expect(wanted.exitCode, wanted.stderr).toBe(0);
    return { ...found, wanted: wanted.stdout };
  }

  test('a whole answer gives the invoices that the file gives', async () => {
    const { stdout, stderr, wanted } = await invoicesFrom(lines.join(''));
    expect(stdout, stderr).toBe(wanted);
  });

  test.each([
    ['a row is missing', lines.slice(1).join('')],
    ['rows come twice', lines.join('') + lines.join('')],
    ['an error follows rows', `${lines.join('')}Code: 241. DB::Exception: Memory limit\n`],
  ])('%s: no invoice', async (_, answer) => {
    const { stdout, stderr, exitCode } = await invoicesFrom(answer);
    expect({ stdout, exitCode }, stderr).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toContain('its answer is not whole [input/engine-failed]');
  });
});

test.each([
  ['duckdb:u.duckdb', 'no table is named'],
  ['duckdb:?table=usage', 'no file is named'],
  ['clickhouse://us er:secret@/?table=usage', 'its address is none'],
])('a name that is none of a table is refused without being repeated: %s', async (name, why) => {
  const { stderr, exitCode } = await runMeter(['invoice', name], {
    cwd: temporaryDirectory({ 'tiers.yaml': SIMPLE }),
  });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`a table of an engine is to be read, and ${why} [usage/bad-table]`);
  expect(stderr).not.toContain('secret');
});
