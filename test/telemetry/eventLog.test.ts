/** What deduplication remembers of rows, and what it finds in it again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type CandidatePairs,
  chunksOf,
  findCandidates,
  NOTE_WORDS,
  offsetOfWindow,
  sourceOfWindow,
} from '../../src/telemetry/fast/dedupe/candidates.ts';
import { Kernel } from '../../src/telemetry/fast/kernel.ts';
import { EventLog, type EventLogShard } from '../../src/telemetry/fast/ledger/eventLog.ts';
import { TWIN_SEEDS, TWINS } from './differential.ts';
import { Random } from './random.ts';

type Logged = { readonly id: string; readonly source: number; readonly offset: number };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'meter-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('rows with one id are found wherever they are: in any source, at any offset, in memory and on disk', async () => {
  const random = new Random(7);
  const places = () => ({
    source: random.pick([0, 1, 2, 1000, 2 ** 20 - 1]),
    offset: random.pick([
      random.below(1000),
      2 ** 27 - 1,
      2 ** 27,
      random.below(2 ** 31) * 8191,
      2 ** 44 - 1 - random.below(99),
    ]),
  });
  const used = new Set<string>();
  const unused = (): ReturnType<typeof places> => {
    const place = places();
    const isUsed = used.has(JSON.stringify(place));
    used.add(JSON.stringify(place));
    return isUsed ? { ...place, offset: random.below(2 ** 43) } : place;
  };
  const rows = Array.from({ length: 40_000 }, (_, i): Logged => ({ id: `e${i % 30_011}`, ...unused() }));
  const half = rows.length / 2;
  for (const bytes of [Number.POSITIVE_INFINITY, 0]) {
    const logs = [logOf(rows.slice(0, half), bytes, 'a'), logOf(rows.slice(half), bytes, 'b')];
    expect(logs.every(({ spilled }) => (spilled !== undefined) === (bytes === 0))).toBe(true);
    const shares = await Promise.all([0, 1, 2].map((number) => findCandidates(logs, { number, of: 3 }, noPause)));
    expect(groupsOf(shares)).toEqual(repeatedIn(rows));
  }
});

test('ids that share a fingerprint meet, too', async () => {
  const rows = TWINS.map((id, i) => ({ id, source: 0, offset: i * 50 }));
  const candidates = await findCandidates([logOf(rows, 2 ** 20, 'twins')], { number: 0, of: 1 }, noPause);
  expect(groupsOf([candidates])).toEqual([['0 0', '0 50']]);
});

const noPause = () => undefined;

function logOf(rows: readonly Logged[], bytes: number, name: string): EventLogShard {
  const log = new EventLog(new Kernel(), { bytes, spillPath: join(directory, `${name}-${bytes}`), seeds: TWIN_SEEDS });
  for (const { id, source, offset } of rows) log.add(Buffer.from(id), new Uint8Array(0), source, offset);
  return log.finish();
}

/** The places of the rows of each group, as `source offset`: pairs with the same first row are one group. */
function groupsOf(shares: readonly CandidatePairs[]): string[][] {
  const pairs = new Map<number, [string, string]>();
  for (const share of shares) {
    for (const list of share.windows) {
      for (const chunk of chunksOf(share, list)) {
        for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
          const pair = pairs.get(chunk[n + 1]! >>> 1) ?? ['', ''];
          pairs.set(chunk[n + 1]! >>> 1, pair);
          pair[chunk[n + 1]! & 1] = `${sourceOfWindow(list.window)} ${offsetOfWindow(list.window) + chunk[n]!}`;
        }
      }
    }
  }
  const groups = new Map<string, string[]>();
  for (const [first, later] of pairs.values()) groups.set(first, [...(groups.get(first) ?? [first]), later]);
  return [...groups.values()].map((places) => places.sort()).sort();
}

function repeatedIn(rows: readonly Logged[]): string[][] {
  const byId = new Map<string, string[]>();
  for (const { id, source, offset } of rows) byId.set(id, [...(byId.get(id) ?? []), `${source} ${offset}`]);
  return [...byId.values()]
    .filter((places) => places.length > 1)
    .map((places) => places.sort())
    .sort();
}
