/** Ctrl-C while an engine works: its query ends, too. */
import http from 'node:http';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { clickHouseForTests } from './clickhouse.ts';
import { withDuckDb } from './duckdb.ts';

const TIERS = 'default_tier: pro\npricing_tiers: { pro: { cost: 19, overage: { requests: 0.40/10k } } }\n';
/** Rows that keep an engine busy for hours. */
const MANY = 1_000_000_000_000;

/** A run that is interrupted while the engine works: `whenAsked` is given what to call once the engine is asked. */
async function interruptedRun(table: string, cwd: string, whenAsked: (interrupt: () => void) => void) {
  const interruption = new AbortController();
  whenAsked(() => setTimeout(() => interruption.abort(new Error('interrupted')), 200));
  return runMeter(['invoice', table], { cwd, signal: interruption.signal });
}

test('DuckDB', async () => {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
  const rows = `SELECT '2026-10-05T10:00:00Z' AS timestamp, 'acme' AS customer_id, i::VARCHAR AS requests FROM range(${MANY}) t(i)`;
  await withDuckDb((ask) => ask(`CREATE VIEW usage AS ${rows}`), join(cwd, 'u.duckdb'));
  const { stream } = DuckDBConnection.prototype;
  const spy = vi.spyOn(DuckDBConnection.prototype, 'stream');
  onTestFinished(() => spy.mockRestore());
  const { stdout, exitCode } = await interruptedRun('duckdb:u.duckdb?table=usage', cwd, (interrupt) => {
    spy.mockImplementation(function (this: DuckDBConnection, ...words) {
      interrupt();
      return stream.apply(this, words);
    });
  });
  // It would not come back before the engine does.
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
  expect(spy).toHaveBeenCalled();
});

describe('ClickHouse', () => {
  const server = clickHouseForTests();

  test('ends the query with its connection', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
    const rows = `SELECT '2026-10-05T10:00:00Z' AS timestamp, 'acme' AS customer_id, toString(number) AS requests FROM numbers(${MANY})`;
    await server().run(`CREATE VIEW busy AS ${rows}`);
    const table = `clickhouse://${server().host}/default?table=busy`;
    const { request } = http;
    const spy = vi.spyOn(http, 'request');
    onTestFinished(() => spy.mockRestore());
    const { stdout, exitCode } = await interruptedRun(table, cwd, (interrupt) => {
      spy.mockImplementation(((...words: Parameters<typeof request>) => {
        interrupt();
        return request(...words);
      }) as typeof request);
    });
    expect(spy).toHaveBeenCalled();
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
    // The server answers one query at a time.
    expect(await server().run('SELECT 1')).toBe('1\n');
  });
});
