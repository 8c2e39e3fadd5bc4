/** What deduplication remembers of rows, and what it finds in it again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventLog, type EventLogPart } from '../../src/telemetry/fast/eventLog.ts';
import { Kernel } from '../../src/telemetry/fast/kernel.ts';
import { findMeetings, MEETING_FIELDS } from '../../src/telemetry/fast/meetings.ts';
import { TWINS } from './differential.ts';
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
  const rows = Array.from({ length: 40_000 }, (_, i): Logged => ({ id: `e${i % 30_011}`, ...places() }));
  const half = rows.length / 2;
  for (const bytes of [Number.POSITIVE_INFINITY, 0]) {
    const logs = [logOf(rows.slice(0, half), bytes, 'a'), logOf(rows.slice(half), bytes, 'b')];
    expect(logs.every(({ spilled }) => (spilled !== undefined) === (bytes === 0))).toBe(true);
    const shares = await Promise.all([0, 1, 2].map((number) => findMeetings(logs, { number, of: 3 }, noPause)));
    expect(groupsOf(shares)).toEqual(repeatedIn(rows));
  }
});

test('ids that share a fingerprint meet, too', async () => {
  const rows = TWINS.map((id, i) => ({ id, source: 0, offset: i * 50 }));
  const meetings = await findMeetings([logOf(rows, 2 ** 20, 'twins')], { number: 0, of: 1 }, noPause);
  expect(groupsOf([meetings])).toEqual([['0 0', '0 50']]);
});

const noPause = () => undefined;

function logOf(rows: readonly Logged[], bytes: number, name: string): EventLogPart {
  const log = new EventLog(new Kernel(), { bytes, spillPath: join(directory, `${name}-${bytes}`) });
  for (const { id, source, offset } of rows) log.add(Buffer.from(id), new Uint8Array(0), source, offset);
  return log.finish();
}

/** The places in each group of meetings, as `source offset`. */
function groupsOf(shares: readonly Float64Array[]): string[][] {
  const groups = new Map<number, string[]>();
  for (const meetings of shares) {
    for (let i = 0; i < meetings.length; i += MEETING_FIELDS) {
      const [group, source, offset] = meetings.subarray(i);
      groups.set(group!, [...(groups.get(group!) ?? []), `${source} ${offset}`]);
    }
  }
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
