/**
 * ClickHouse inside a process of its own, behind HTTP on loopback. It is no dependency: 540 MB. `npm install --prefix bench`
 * installs it, as the benchmark does; without it the tests that need it are skipped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach } from 'vitest';

const bench = (name: string) => fileURLToPath(new URL(`../../bench/${name}`, import.meta.url));

const HAS_CLICKHOUSE = existsSync(bench('node_modules/chdb'));

export type ClickHouse = {
  /** Authority of the server, for addresses. */
  readonly host: string;
  /** Runs a statement and answers with its rows in TabSeparatedRaw. */
  run(statement: string): Promise<string>;
  close(): Promise<void>;
};

async function startClickHouse(): Promise<ClickHouse> {
  const server = spawn(process.execPath, [bench('engines/clickhouseServer.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const host = `127.0.0.1:${String(port).trim()}`;
  return {
    host,
    async run(statement) {
      const answer = await fetch(`http://${host}/`, { method: 'POST', body: `${statement} FORMAT TabSeparatedRaw` });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text;
    },
    async close() {
      server.stdin.end();
      await once(server, 'close');
    },
  };
}

/**
 * A server for the tests of the file or of the group around; call it in a test for the server. Where the engine is not
 * installed the tests are skipped, and the run's last lines say why.
 */
export function clickHouseForTests(): () => ClickHouse {
  let server: ClickHouse | undefined;
  beforeAll(async () => {
    if (HAS_CLICKHOUSE) server = await startClickHouse();
  });
  beforeEach(({ skip }) =>
    skip(!HAS_CLICKHOUSE, 'embedded ClickHouse is not installed (540 MB): npm install --prefix bench'),
  );
  afterAll(() => server?.close());
  return () => server!;
}
