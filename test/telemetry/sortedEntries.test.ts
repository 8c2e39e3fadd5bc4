import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { SortedEntries } from '../../src/telemetry/sortedEntries.ts';
import { temporaryDirectory } from '../support/temporary.ts';

afterEach(() => vi.unstubAllEnvs());

test('entries beyond those in memory wait in files, come out in order as often as asked, and leave nothing', () => {
  vi.stubEnv('TMPDIR', temporaryDirectory({}));
  const entries = new SortedEntries<{ readonly n: number; readonly text: string }>({
    compare: (a, b) => a.n - b.n,
    write: (entry) => JSON.stringify(entry),
    read: (text) => JSON.parse(text),
    use: { what: 'a test', needs: 'room' },
    most: 700,
  });
  // 5 000 numbers in an order of their own (7 919 is prime), in seven files and a rest; texts longer than a chunk together
  for (let i = 0; i < 5000; i++) entries.add({ n: (i * 7919) % 5000, text: 'ü\n"'.repeat(20) });
  expect(readdirSync(tmpdir())).toHaveLength(1);
  for (let time = 0; time < 2; time++) {
    const found = [...entries.inOrder()];
    expect(found.map(({ n }) => n)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(found.every(({ text }) => text === 'ü\n"'.repeat(20))).toBe(true);
  }
  entries.remove();
  expect(existsSync(tmpdir()) && readdirSync(tmpdir())).toEqual([]);
});
