/**
 * A run that follows its exports says in the end what a run over all rows says: whatever the order in which rows arrive, however
 * often it looks, is stopped and goes on, or is killed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { followedBilling } from '../../src/app/follow.ts';
import { FollowedTimeline, type TimelineState } from '../../src/app/followTimeline.ts';
import { filePorts } from '../../src/library/filePorts.ts';
import { eventId, toldLine } from '../../src/report/timeline/cloudEvents.ts';
import { FollowedRows, type RowsState } from '../../src/telemetry/follow/followedRows.ts';
import { type Line, linesOf } from '../support/following.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Limits for a month and a day, a hard cap, a rate limit, credits that are drawn, and a tier to move to. */
const TIERS = `
timezone: Europe/Vienna
notifications: { thresholds: [50%, 90%] }
meters:
  requests: { field: requests, unit: request }
  peak: { field: requests, unit: request, aggregate: max }
  routes: { field: route, unit: route, aggregate: unique }
credit_packs:
  burst: { price: 2, credit: 3 }
pricing_tiers:
  free: { cost: 0, limits: { requests: 60/day, routes: 2 }, rate_limit: 12/s }
  pro: { cost: 5, limits: { requests: 30, peak: 15 }, overage: { requests: 0.10/1, peak: 1.00/1 } }
  max: { cost: 30, limits: { requests: 1000 }, overage: { requests: 0.01/1 } }
`;
const CUSTOMERS = `
customers:
  ann: { tier: free }
  bob: { tier: pro, credits: [{ reason: gift, amount: 4, from: 2026-09-01 }, { pack: burst, purchased: 2026-10-01 }] }
  cyd: { history: [{ tier: free, to: 2026-10-16 }, { tier: pro, from: 2026-10-16 }] }
`;
const HEADER = 'timestamp,event_id,customer_id,route,requests\n';

const instants = fc.oneof(
  // Seconds of one hour, and milliseconds of one second: there are crossings in them, and rates above the limit.
  fc.nat(3).map((second) => `2026-10-05T08:00:0${second}Z`),
  fc.nat(9).map((tenth) => `2026-10-05T08:00:02.${tenth}00Z`),
  fc.integer({ min: 1, max: 31 }).map((day) => `2026-10-${String(day).padStart(2, '0')}T23:30:00Z`),
  fc.constantFrom('2026-11-01T00:00:00Z', '2026-10-16T10:00:00Z', '2026-09-30T22:30:00Z'),
);
const rows = fc.array(
  fc.record({
    at: instants,
    customer: fc.constantFrom('ann', 'bob', 'cyd', 'other'),
    route: fc.constantFrom('/a', '/b', '/c'),
    requests: fc.constantFrom(1, 5, 13, 40),
    isTwice: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);
/** Lengths of pieces; `end`: what becomes of the run behind a piece. */
const cuts = fc.array(
  fc.record({ rows: fc.integer({ min: 1, max: 6 }), end: fc.constantFrom('none', 'none', 'stop', 'over', 'kill') }),
  { minLength: 1, maxLength: 12 },
);

type Kept = { readonly rows: RowsState; readonly told: TimelineState };

test('the entries that stand in the end are those of a batch run, in any order and with any restarts', async () => {
  await checkAsync(
    fc.asyncProperty(rows, cuts, fc.nat(1_000_000), async (found, ends, seed) => {
      const lines = found.flatMap(({ at, customer, route, requests, isTwice }, i) => {
        const line = `${at},e${i},${customer},${route},${requests}\n`;
        return isTwice ? [line, line] : [line];
      });
      const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
      const options = { tiers: ['tiers.yaml'], customers: 'customers.yaml', tier: 'free', timezone: 'UTC' };
      writeFileSync(join(cwd, 'usage.csv'), HEADER + lines.join(''));
      const flags = ['--tiers', 'tiers.yaml', '--customers', 'customers.yaml', '--tier', 'free', '--period', 'all'];
      const batch = await runMeter(['timeline', 'usage.csv', ...flags, '--format', 'ndjson', '--quiet'], { cwd });
      expect(batch.exitCode, batch.stderr).toBe(0);

      const asked = await followedBilling(options, filePorts({ directory: cwd }));
      mkdirSync(join(cwd, 'state'));
      const told = new Map<string, Line>();
      const waiting = shuffled(lines, seed);
      let kept: Kept | undefined;
      for (let i = 0; waiting.length > 0; i++) {
        const { rows: length, end } = ends[i % ends.length]!;
        const pieces = [waiting.splice(0, length), end === 'none' ? waiting.splice(0, 1) : []];
        const stdin = Readable.from([HEADER, ...pieces.flat()].map((text) => Buffer.from(text)));
        const run = new Run(asked, stdin, join(cwd, 'state'), kept);
        const isLast = waiting.length === 0;
        const lines = await run.read(isLast || end === 'over', seed % 3 !== 0);
        for (const line of lines) remember(told, line);
        if (end !== 'kill' || isLast) kept = run.kept!;
        else waiting.unshift(...pieces.flat()); // nothing of it was kept: the rows come again
        if (end === 'kill') ends = ends.filter((one) => one.end !== 'kill').concat({ rows: 3, end: 'none' });
      }
      const standing = [...told.values()].map(({ id: _, corrected: __, ...entry }) => entry);
      const byText = (a: Line, b: Line) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
      expect(standing.sort(byText)).toEqual(linesOf(batch.stdout).sort(byText));
    }),
    { runs: 10 },
  );
}, 120_000);

/** The last line about an event stands. A killed run may have told it under the same id before. */
function remember(told: Map<string, Line>, line: Line): void {
  const first = String(line.corrected ?? line.id);
  if (line.corrected !== undefined) expect(told.has(first), `${first} was never told`).toBe(true);
  told.set(first, line);
}

class Run {
  kept: Kept | undefined;
  private readonly rows: FollowedRows;
  private readonly timeline: FollowedTimeline;
  private readonly currency: Parameters<typeof toldLine>[1];

  constructor(
    asked: Awaited<ReturnType<typeof followedBilling>>,
    stream: Readable,
    directory: string,
    before: Kept | undefined,
  ) {
    const { terms, request, thresholds } = asked;
    const onReject = (reject: unknown) => {
      throw new Error(`rejected: ${JSON.stringify(reject)}`);
    };
    this.rows = new FollowedRows({ ...request, onReject }, [{ kind: 'stream', name: '-', stream }], {
      directory,
      before: before?.rows,
    });
    const input = { terms, thresholds, buckets: request.buckets, rows: this.rows, idOf: eventId };
    this.timeline = new FollowedTimeline(input, before?.told);
    this.currency = terms.rateCard.currency;
  }

  async read(isOver: boolean, looksOften: boolean): Promise<Line[]> {
    const lines: Line[] = [];
    const look = (over: boolean) =>
      this.rows.looking(async (arrived) => {
        const told = await this.timeline.look(arrived, over);
        lines.push(...linesOf(told.map((one) => toldLine(one, this.currency)).join('')));
        this.kept = JSON.parse(JSON.stringify({ rows: this.rows.state(), told: this.timeline.state() }));
      });
    while (!this.rows.areOver) {
      if (await this.rows.take()) {
        if (looksOften) await look(false);
      } else await new Promise((resolve) => setImmediate(resolve));
    }
    await look(isOver);
    return lines;
  }
}

function shuffled(lines: readonly string[], seed: number): string[] {
  const result = [...lines];
  let state = seed + 1;
  for (let i = result.length - 1; i > 0; i--) {
    state = (state * 48_271) % 0x7fff_ffff;
    const j = state % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
