/** How bytes are brought to a scan. */
import { expect, test } from 'vitest';
import { Kernel } from '../../src/telemetry/fast/kernel.ts';
import { feedStream } from '../../src/telemetry/fast/scan/feed.ts';
import type { Chunk, Scan } from '../../src/telemetry/fast/scan/scan.ts';

test('a long row that comes in small pieces is looked at a few times, not once for each piece', async () => {
  const piece = Buffer.alloc(1000, 'x');
  let looked = 0;
  const scan = {
    lines: 0,
    take({ length, atEnd }: Chunk) {
      looked += length;
      return atEnd ? length : 0;
    },
  };
  let progress = 0;
  const probe = {
    onProgress(bytes: number) {
      progress += bytes;
    },
    yieldToEventLoop: () => undefined,
  };
  const chunks = (async function* () {
    for (let i = 0; i < 2000; i++) yield piece;
  })();
  const source = { kind: 'file', name: 'x', path: 'x' } as const;
  const feed = { source, chunks, chunkBytes: 1 << 10, kernel: new Kernel() };
  expect(await feedStream(feed, scan as unknown as Scan, probe)).toBe(2_000_000);
  expect(progress).toBe(2_000_000);
  // Windows of 1, 2, 4 … 1024 KiB, each full once, are 2047 KiB; then all 2 000 000 bytes at the end.
  expect(looked).toBe(2047 * 1024 + 2_000_000);
});
