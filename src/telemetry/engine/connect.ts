/** Engines that answer queries. Their drivers are optional: they are loaded when a source names the engine. */
import { randomUUID } from 'node:crypto';
import { InputFailure } from '../inputFailure.ts';
import type { EngineTable } from './table.ts';

export type Engine = {
  /** The rows of a query's answer, in batches, each value as text. Ends the query in the engine where nobody reads on. */
  rows(sql: string): AsyncGenerator<readonly (readonly string[])[]>;
  close(): Promise<void>;
};

type Place = { readonly name: string; readonly signal: AbortSignal | undefined };

/** Throws an InputFailure where the driver is not installed or the engine cannot be reached. */
export function connect(table: EngineTable, place: Place): Promise<Engine> {
  return table.engine === 'duckdb' ? duckDb(table, place) : clickHouse(table, place);
}

async function driver<T>(name: string, load: () => Promise<T>, source: Place): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new InputFailure(source, 'engine-missing', `${name} is not installed`, `install it: npm install ${name}`);
  }
}

/** The failure of an engine; `secrets`: texts that its message may repeat, and what stands for them. */
function failed(source: Place, error: unknown, secrets: readonly (readonly [text: string, shown: string])[]): unknown {
  source.signal?.throwIfAborted();
  if (error instanceof InputFailure) return error;
  let message = (error as Error).message.replace(/\s+/g, ' ').trim();
  for (const [secret, shown] of secrets) if (secret !== '') message = message.replaceAll(secret, shown);
  const hint = 'nothing of its answer was used: run it again once the engine answers';
  return new InputFailure(source, 'engine-failed', `the engine does not answer: ${message}`, hint);
}

async function duckDb({ address }: EngineTable, place: Place): Promise<Engine> {
  const { DuckDBInstance } = await driver('@duckdb/node-api', () => import('@duckdb/node-api'), place);
  const secrets = [[address, 'the file']] as const;
  const orFailed = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw failed(place, error, secrets);
    }
  };
  const instance = await orFailed(() => DuckDBInstance.create(address, { access_mode: 'READ_ONLY' }));
  const connection = await orFailed(() => instance.connect());
  return {
    async *rows(sql) {
      const stop = () => connection.interrupt();
      place.signal?.addEventListener('abort', stop);
      try {
        const result = await orFailed(() => connection.stream(sql));
        for (;;) {
          const chunk = await orFailed(() => result.fetchChunk());
          if (!chunk || chunk.rowCount === 0) return;
          yield chunk.getRows().map((row) => row.map(String));
        }
      } finally {
        place.signal?.removeEventListener('abort', stop);
        connection.interrupt();
      }
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Milliseconds without a byte of an answer after which a server is given up. */
const PATIENCE_MS = 600_000;
/** Between two headers of progress, about 200 bytes each. */
const SIGN_OF_LIFE_MS = PATIENCE_MS / 2;
const MOST_HEADER_BYTES = 1 << 20;

async function clickHouse(table: EngineTable, place: Place): Promise<Engine> {
  if (table.engine !== 'clickhouse') throw new TypeError('a table of another engine');
  const { createClient, ClickHouseLogLevel } = await driver(
    '@clickhouse/client',
    () => import('@clickhouse/client'),
    place,
  );
  const { address: url, login, database } = table;
  const client = createClient({
    ...{ url, ...login, database, request_timeout: PATIENCE_MS, application: 'meter' },
    max_response_headers_size: MOST_HEADER_BYTES,
    log: { level: ClickHouseLogLevel.OFF }, // it would repeat what servers answer, passwords among it
  });
  return {
    async *rows(query) {
      const ending = new AbortController();
      let close: () => void = () => undefined;
      const stop = () => {
        ending.abort();
        close();
      };
      place.signal?.addEventListener('abort', stop);
      try {
        const result = await client.query({
          query,
          format: 'TabSeparatedRaw',
          query_id: randomUUID(),
          abort_signal: ending.signal,
          // The server ends the query with its connection, and answers with a status once it has the whole result; until
          // then it writes a header now and then, so that a query may take hours.
          clickhouse_settings: {
            cancel_http_readonly_queries_on_client_close: 1,
            wait_end_of_query: 1,
            send_progress_in_http_headers: 1,
            http_headers_progress_interval_ms: String(SIGN_OF_LIFE_MS),
          },
        });
        close = () => result.close();
        for await (const batch of result.stream()) yield batch.map(({ text }) => text.split('\t'));
      } catch (error) {
        throw failed(place, error, [[login.password, '***']]);
      } finally {
        place.signal?.removeEventListener('abort', stop);
        stop();
      }
    },
    close: () => client.close(),
  };
}
