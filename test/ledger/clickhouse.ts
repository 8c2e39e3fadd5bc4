/**
 * ClickHouse inside a process of its own, behind HTTP on loopback. It is no dependency: 540 MB. `npm install --prefix bench`
 * installs it, as the benchmark does; without it the tests that need it are skipped.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach } from 'vitest';

const bench = (name: string) => fileURLToPath(new URL(`../../bench/${name}`, import.meta.url));

export const HAS_CLICKHOUSE = existsSync(bench('node_modules/chdb'));

export type ClickHouse = {
  /** Authority of the server, for addresses. */
  readonly host: string;
  /** Runs a statement and answers with its rows in TabSeparatedRaw. */
  run(statement: string): Promise<string>;
  close(): Promise<void>;
};

export async function startClickHouse(): Promise<ClickHouse> {
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

/** Skips the tests around, and the run's last lines say why, where the engine is not installed. */
export function clickHouseIsThere(): void {
  beforeEach(({ skip }) => {
    if (!HAS_CLICKHOUSE) skip('embedded ClickHouse is not installed (540 MB): npm install --prefix bench');
  });
}
