/** `timeline --follow`: what comes out while rows arrive, worked out by hand. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { processMark } from '../../../src/telemetry/leftovers.ts';
import { Following, type Line, linesOf } from '../../support/following.ts';
import { runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** 80 of 100 requests are told, and all of them. */
const TIERS = `notifications: { thresholds: [80%] }
pricing_tiers:
  free: { cost: 0, limits: { requests: 100 } }
`;
const HEADER = 'timestamp,event_id,customer_id,requests\n';
const ARGS = ['timeline', '--follow', '--tiers', 'tiers.yaml', '--tier', 'free', '--quiet'];
const EIGHTY = 'acme/2026-10-01T00:00:00Z/free/threshold/requests/0.8';
const ALL = 'acme/2026-10-01T00:00:00Z/free/limit/requests/1';

/** A row on a day of October 2026. */
const row = (day: number, id: string, requests: number, customer = 'acme') =>
  `2026-10-${String(day).padStart(2, '0')}T12:00:00Z,${id},${customer},${requests}\n`;
const noon = (day: number) => `2026-10-${String(day).padStart(2, '0')}T12:00:00Z`;
const brief = ({ id, corrected, at, used }: Line) => ({ id, at, used, ...(corrected !== undefined && { corrected }) });
const directory = (files: Record<string, string | Uint8Array> = {}) =>
  temporaryDirectory({ 'tiers.yaml': TIERS, ...files });

describe('standard input', () => {
  test('that ends: the entries of a batch run, and exit code 0', async () => {
    const cwd = directory();
    const rows = HEADER + row(5, 'e1', 79) + row(6, 'e2', 1) + row(7, 'e3', 20);
    const { stdout, exitCode } = await runMeter([...ARGS, '-'], { cwd, stdin: rows });
    expect(exitCode).toBe(0);
    // 79 + 1 = 80 on the 6th, 80 + 20 = 100 on the 7th.
    expect(linesOf(stdout).map(brief)).toEqual([
      { id: EIGHTY, at: noon(6), used: '80' },
      { id: ALL, at: noon(7), used: '100' },
    ]);
    const batch = await runMeter(['timeline', '-', ...ARGS.slice(2), '--format', 'ndjson'], { cwd, stdin: rows });
    const withoutId = linesOf(stdout).map(({ id: _, ...entry }) => entry);
    expect(withoutId).toEqual(linesOf(batch.stdout));
  });

  test('that goes on: an entry is out before the next row comes', async () => {
    const stdin = new PassThrough();
    const run = new Following([...ARGS, '-'], { cwd: directory(), stdin });
    stdin.write(HEADER + row(5, 'e1', 85));
    expect((await run.until(1)).map(brief)).toEqual([{ id: EIGHTY, at: noon(5), used: '85' }]);
    stdin.write(row(6, 'e2', 15));
    expect((await run.until(2)).map(brief).at(-1)).toEqual({ id: ALL, at: noon(6), used: '100' });
    stdin.end();
    expect(await run.end()).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('NDJSON, and a row that comes in two pieces', async () => {
    const stdin = new PassThrough();
    const run = new Following([...ARGS, '-'], { cwd: directory(), stdin });
    const line = `{"ts":"${noon(5)}","customer":"acme","requests":90}\n`;
    stdin.write(line.slice(0, 30));
    await wait(300);
    expect(run.lines).toEqual([]);
    stdin.write(line.slice(30));
    expect((await run.until(1)).map(brief)).toEqual([{ id: EIGHTY, at: noon(5), used: '90' }]);
    expect(await run.stop()).toMatchObject({ exitCode: 130 });
  });
});

describe('a late row', () => {
  test('that moves a crossing earlier gives a corrected entry, which names the first', async () => {
    const stdin = new PassThrough();
    const run = new Following([...ARGS, '-'], { cwd: directory(), stdin });
    stdin.write(HEADER + row(10, 'e1', 85));
    await run.until(1);
    // With 80 on the 3rd, 80% were reached on that day; 80 + 85 on the 10th are more than all.
    stdin.write(row(3, 'late', 80));
    expect((await run.until(3)).map(brief)).toEqual([
      { id: EIGHTY, at: noon(10), used: '85' },
      { id: `${EIGHTY}/corrected/1`, corrected: EIGHTY, at: noon(3), used: '80' },
      { id: ALL, at: noon(10), used: '165' },
    ]);
    // 100 on the 2nd reach both.
    stdin.write(row(2, 'later', 100));
    expect((await run.until(5)).slice(3).map(brief)).toEqual([
      { id: `${EIGHTY}/corrected/2`, corrected: EIGHTY, at: noon(2), used: '100' },
      { id: `${ALL}/corrected/1`, corrected: ALL, at: noon(2), used: '100' },
    ]);
    await run.stop();
  });

  test('that changes nothing of what was told is silent, and so is a repeated one', async () => {
    const stdin = new PassThrough();
    const run = new Following([...ARGS, '-'], { cwd: directory(), stdin });
    stdin.write(HEADER + row(10, 'e1', 85));
    await run.until(1);
    stdin.write(row(10, 'e1', 85) + row(11, 'e2', 1) + row(5, 'e3', 100, 'other'));
    expect((await run.until(3)).slice(1).map(({ customer }) => customer)).toEqual(['other', 'other']);
    await run.stop();
  });

  test('in CloudEvents it has a type of its own', async () => {
    const cwd = directory();
    const stdin = new PassThrough();
    const run = new Following([...ARGS, '-', '--format', 'cloudevents', '--source', '/edge'], { cwd, stdin });
    stdin.write(HEADER + row(10, 'e1', 85));
    await run.until(1);
    stdin.write(row(3, 'late', 80));
    const [first, second] = await run.until(3);
    expect(first).toMatchObject({ id: EIGHTY, type: 'meter.timeline.threshold', source: '/edge' });
    expect(second).toMatchObject({ id: `${EIGHTY}/corrected/1`, type: 'meter.timeline.corrected' });
    expect(second!.data).toMatchObject({ corrected: EIGHTY });
    await run.stop();
  });
});

describe('files', () => {
  test('that grow, are renamed, replaced and emptied: every row counts once', async () => {
    // A customer of its own reaches both of its limits behind each change: two lines show that it was read.
    const mark = (n: number) => row(1, `m${n}`, 100, `mark${n}`);
    const cwd = directory({ 'app.log': HEADER + row(1, 'e1', 10) + mark(1) });
    const log = join(cwd, 'app.log');
    const run = new Following([...ARGS, 'app.log'], { cwd });
    await run.until(2);
    appendFileSync(log, row(2, 'e2', 10) + mark(2));
    await run.until(4);
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.1`, row(3, 'e3', 10) + mark(3)); // its writer has not noticed
    writeFileSync(log, HEADER + row(4, 'e4', 10) + mark(4));
    await run.until(8);
    writeFileSync(log, HEADER + row(5, 'e5', 39) + mark(5)); // emptied and written anew
    await run.until(10);
    appendFileSync(log, row(6, 'e6', 1));
    // 10 + 10 + 10 + 10 + 39 = 79 on the 5th, 80 on the 6th.
    expect((await run.until(11)).slice(10).map(brief)).toEqual([{ id: EIGHTY, at: noon(6), used: '80' }]);
    expect(await run.stop()).toMatchObject({ exitCode: 130, stderr: '' });
  });

  test('that appear in a directory, also compressed, with headers of their own', async () => {
    const cwd = directory();
    mkdirSync(join(cwd, 'logs'));
    writeFileSync(join(cwd, 'logs/a.csv'), HEADER + row(1, 'e1', 40));
    const run = new Following([...ARGS, 'logs'], { cwd });
    await wait(300);
    writeFileSync(join(cwd, 'logs/.hidden'), 'no export');
    writeFileSync(join(cwd, 'logs/b.csv.gz'), gzipSync(`requests,customer_id,timestamp\n39,acme,${noon(2)}\n`));
    await wait(300);
    writeFileSync(join(cwd, 'logs/c.ndjson'), `{"ts":"${noon(3)}","customer":"acme","requests":1}\n`);
    expect((await run.until(1)).map(brief)).toEqual([{ id: EIGHTY, at: noon(3), used: '80' }]);
    await run.stop();
  });

  test('what is no export ends the run with exit code 3', async () => {
    const cwd = directory({ 'app.log': `a,b\n${'1,2\n'.repeat(9)}` });
    const { exitCode, stderr } = await new Following([...ARGS, 'app.log'], { cwd }).end();
    expect(stderr).toContain('app.log:1: error: there is no column timestamp');
    expect(exitCode).toBe(3);
  });

  test('a bad row ends the run with exit code 3, unless --max-rejects lets it through', async () => {
    const cwd = directory({ 'app.log': `${HEADER}${row(1, 'e1', 90)}x,e2,acme,1\n` });
    const { exitCode, stderr, lines } = await new Following([...ARGS, 'app.log'], { cwd }).end();
    expect(stderr).toContain('app.log:3: timestamp "x"');
    expect([exitCode, lines.length]).toEqual([3, 1]);
    const run = new Following([...ARGS, 'app.log', '--max-rejects', '1', '--rejects', 'bad.ndjson'], { cwd });
    await run.until(1);
    expect(await run.stop()).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('not-a-timestamp') });
    expect(readFileSync(join(cwd, 'bad.ndjson'), 'utf8')).toContain('x,e2,acme,1');
  });
});

describe('--state', () => {
  const STATE = [...ARGS, '--state', 'run.state'];

  test('a run goes on where another was stopped: no entry is lost or repeated', async () => {
    const cwd = directory({ 'app.log': HEADER + row(1, 'e1', 50) + row(2, 'e2', 30) });
    const log = join(cwd, 'app.log');
    const first = new Following([...STATE, 'app.log'], { cwd });
    await first.until(1);
    expect(await first.stop()).toMatchObject({ exitCode: 130 });
    // While nobody reads: a row, a rename, another row in the new file. 80 + 5 + 15 = 100 on the 4th.
    appendFileSync(log, row(3, 'e3', 5));
    renameSync(log, `${log}.1`);
    writeFileSync(log, HEADER + row(2, 'e2', 30) + row(4, 'e4', 15));
    const second = new Following([...STATE, 'app.log'], { cwd });
    expect((await second.until(1)).map(brief)).toEqual([{ id: ALL, at: noon(4), used: '100' }]);
    await second.stop();
    const third = new Following([...STATE, 'app.log'], { cwd });
    await wait(500);
    expect(await third.stop()).toMatchObject({ lines: [] });
  });

  test('a late row of the next run corrects an entry of the first', async () => {
    const cwd = directory();
    const first = await runMeter([...STATE, '-'], { cwd, stdin: HEADER + row(10, 'e1', 85) });
    expect(linesOf(first.stdout).map(brief)).toEqual([{ id: EIGHTY, at: noon(10), used: '85' }]);
    const second = await runMeter([...STATE, '-'], { cwd, stdin: HEADER + row(10, 'e1', 85) + row(3, 'late', 80) });
    expect(linesOf(second.stdout).map(brief)).toEqual([
      { id: `${EIGHTY}/corrected/1`, corrected: EIGHTY, at: noon(3), used: '80' },
      { id: ALL, at: noon(10), used: '165' },
    ]);
  });

  test('a killed run has told what it had told: the state is whole, and rows behind it come again', async () => {
    const cwd = directory();
    await runMeter([...STATE, '-'], { cwd, stdin: HEADER + row(1, 'e1', 50) });
    const saved = readFileSync(join(cwd, 'run.state'));
    await runMeter([...STATE, '-'], { cwd, stdin: HEADER + row(2, 'e2', 30) });
    writeFileSync(join(cwd, 'run.state'), saved); // as if the second run had been killed before its state was written
    const again = await runMeter([...STATE, '-'], { cwd, stdin: HEADER + row(2, 'e2', 30) });
    expect(linesOf(again.stdout).map(brief)).toEqual([{ id: EIGHTY, at: noon(2), used: '80' }]);
  });

  test.each([
    ['no state', 'no state at all', 'run.state is no state of a run with --follow'],
    ['of other meters', undefined, 'run.state is of a run with other meters'],
  ])('a file that is %s is refused', async (_, text, message) => {
    const cwd = directory();
    if (text === undefined) await runMeter([...STATE, '-'], { cwd, stdin: HEADER });
    else writeFileSync(join(cwd, 'run.state'), text);
    const meters = 'meters: { requests: { field: requests, unit: request }, calls: { field: calls, unit: call } }\n';
    writeFileSync(join(cwd, 'tiers.yaml'), meters + TIERS);
    const { exitCode, stderr } = await runMeter([...STATE, '-'], { cwd, stdin: HEADER });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe('a state in use', () => {
  const STATE = [...ARGS, '--state', 'run.state'];
  const rows = HEADER + row(5, 'e1', 85);

  test('is refused to a second run, and free again behind the first', async () => {
    const cwd = directory({ 'usage.csv': rows });
    const first = new Following([...STATE, 'usage.csv'], { cwd });
    await first.until(1);
    const second = await runMeter([...STATE, '-'], { cwd, stdin: rows });
    expect(second).toMatchObject({ exitCode: 2, stdout: '' });
    expect(second.stderr).toContain(
      `process ${process.pid} uses this state: there is run.state.lock [usage/state-in-use]`,
    );
    expect(await first.stop()).toMatchObject({ exitCode: 130 });
    expect(existsSync(join(cwd, 'run.state.lock'))).toBe(false);
    expect(await runMeter([...STATE, '-'], { cwd, stdin: rows })).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('of a killed run is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const [, machine] = processMark().split('-');
    const cwd = directory({ 'run.state.lock': `${pid}-${machine}` });
    expect(await runMeter([...STATE, '-'], { cwd, stdin: rows })).toMatchObject({ exitCode: 0 });
    expect(readdirSync(cwd).filter((name) => name.includes('lock'))).toEqual([]);
  });

  test('of another machine stays: nothing says whether its run has ended', async () => {
    const cwd = directory({ 'run.state.lock': '1-00000000' });
    const { exitCode, stderr } = await runMeter([...STATE, '-'], { cwd, stdin: rows });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a run on another machine uses this state: there is run.state.lock [usage/state-in-use]');
    expect(stderr).toContain('end that run, or remove run.state.lock if it has ended');
  });
});

describe('flags', () => {
  test.each([
    [['--format', 'table'], 'table has none'],
    [['-o', 'x.ndjson'], 'writes lines to standard output'],
  ])('%j does not go with it', async (flags, message) => {
    const { exitCode, stderr } = await runMeter([...ARGS, '-', ...flags], { cwd: directory() });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  test('--state needs it', async () => {
    const { exitCode, stderr } = await runMeter(['timeline', '-', '--state', 'x'], { cwd: directory() });
    expect([exitCode, stderr.includes('add --follow')]).toEqual([2, true]);
  });

  test('a meter whose value may fall is refused: an entry could not stand', async () => {
    const cwd = directory();
    const meters =
      'meters: { seats: { field: seats, unit: seat, aggregate: last } }\npricing_tiers: { free: { cost: 0 } }\n';
    writeFileSync(join(cwd, 'tiers.yaml'), meters);
    const { exitCode, stderr } = await runMeter([...ARGS, '-'], { cwd });
    expect(stderr).toContain('the value of seats may fall');
    expect(exitCode).toBe(2);
  });
});
