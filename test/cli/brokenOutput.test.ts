/** Standard output that breaks: a reader that went away is no failure, anything else is one, and never a bug of ours. */
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A run whose standard output fails with this error at its first write. */
async function runInto(code: string, message = code): Promise<{ exitCode: number; stderr: string }> {
  let stderr = '';
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(message), { code })),
  });
  stdout.on('error', () => {}); // the process has such a listener, too
  const exitCode = await main(['invoice', 'usage.csv', '--tier', 'pro', '--quiet'], {
    stdin: Readable.from([]),
    stdout,
    stderr: new Writable({
      write: (chunk, _encoding, done) => {
        stderr += String(chunk);
        done();
      },
    }),
    env: {},
    cwd: temporaryDirectory({
      'tiers.yaml': 'pricing_tiers: { pro: { cost: usage, overage: { requests: 1 } } }\n',
      'usage.csv': 'timestamp,customer_id,requests\n2026-10-01T00:00:00Z,acme,5\n',
    }),
    now: () => 0,
    signal: new AbortController().signal,
  });
  return { exitCode, stderr };
}

test.each([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'a file may not be so large there'],
  ['EIO', 'i/o error, write'],
])('%s ends with 2 and says why', async (code, why) => {
  const { exitCode, stderr } = await runInto(code, 'i/o error, write');
  expect(stderr).toBe(`standard output: error: cannot be written: ${why} [output/cannot-write]\n`);
  expect(exitCode).toBe(2);
});

test.each(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])(
  '%s: nobody reads any more, and the run ends quietly',
  async (code) => {
    expect(await runInto(code)).toEqual({ exitCode: 0, stderr: '' });
  },
);
