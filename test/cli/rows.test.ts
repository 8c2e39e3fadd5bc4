/** Rows behind an invoice on the command line: fixtures/dispute, with the right figures worked out by hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CWD = join(ROOT, 'fixtures/dispute');
const READ = 'monday.csv late.csv --tiers tiers.yaml --tier production --max-rejects 1 --quiet';

const meter = (words: string, cwd = CWD) => runMeter(words.split(' '), { cwd });
type Told = Readonly<Record<string, string>>;
const csv = (text: string): Told[] => parse(text, { columns: true });

describe('meter rows', () => {
  test('tells where each row left the included quantity and entered a step, in time order', async () => {
    const { stdout, exitCode } = await meter(`rows ${READ} --customer acme --line usage:requests --format csv`);
    expect(exitCode).toBe(0);
    // 1 000 are included, 500 in step 1: of e2's 700, 400 + 300; of e3's 400, 200 + 200.
    const told = csv(stdout).map(({ kind, file, line, running, included, steps, events }) =>
      [kind, `${file}:${line}`, running, included, steps, events].join(' | '),
    );
    expect(told).toEqual([
      'row | monday.csv:3 | 600 | 600 |  | ',
      'row | monday.csv:5 | 1300 | 400 | usage:requests:1=300 | leaves the included quantity, enters step 1',
      'row | monday.csv:2 | 1700 | 0 | usage:requests:1=200 usage:requests:2=200 | enters step 2',
      'row | late.csv:4 | 2000 | 0 | usage:requests:2=300 | ',
      'duplicate | late.csv:2 |  |  |  | ',
      'rejected | late.csv:3 |  |  |  | ',
    ]);
  });

  test('of one step has the rows that have a part in it, with the running quantity of all', async () => {
    const { stdout } = await meter(`rows ${READ} --customer acme --line usage:requests:2 --format ndjson`);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.filter(({ kind }) => kind === 'row').map(({ id, running }) => [id, running])).toEqual([
      ['e3', '1700'],
      ['e4', '2000'],
    ]);
  });

  test('of one day has its rows, by the billing calendar: 23:30 UTC is the next day in Berlin', async () => {
    const asked = `rows ${READ} --customer acme --line usage:requests --format csv --day`;
    const ids = async (day: string) => csv((await meter(`${asked} ${day}`)).stdout).map(({ event_id: id }) => id);
    expect(await ids('2026-10-13')).toEqual(['e3', '']); // the reject has no instant that counts
    expect(await ids('2026-10-12')).toEqual(['']);
  });

  test('reads from a pipe, which it keeps for the second reading', async () => {
    const words = `rows - --tiers tiers.yaml --tier production --quiet --customer nimbus --format csv`.split(' ');
    const stdin = readFileSync(join(CWD, 'monday.csv'), 'utf8');
    const { stdout } = await runMeter(words, { cwd: CWD, stdin });
    // egress first: its line has a price by region; requests have steps, of which none is reached
    expect(csv(stdout).map(({ key, quantity }) => [key, quantity])).toEqual([
      ['usage:requests', '50'],
      ['usage:egress@fra', '1000000'],
    ]);
  });

  test('of an alias are those of the customer', async () => {
    const cwd = temporaryDirectory({
      'usage.csv': 'timestamp,customer_id,requests\n2026-10-05T10:00:00Z,acme,1\n2026-10-04T10:00:00Z,acme-eu,2\n',
      'tiers.yaml': 'pricing_tiers: { p: { cost: usage, overage: { requests: 1 } } }\n',
      'customers.yaml': 'customers: { acme: { tier: p, aliases: [acme-eu] } }\n',
    });
    const read = 'rows usage.csv --tiers tiers.yaml --customers customers.yaml --quiet --customer acme --format csv';
    expect(csv((await meter(read, cwd)).stdout).map(({ line, running }) => [line, running])).toEqual([
      ['3', '2'],
      ['2', '3'],
    ]);
  });

  test('an id that another customer’s row has with other content is told as a conflict of both', async () => {
    const cwd = temporaryDirectory({
      'usage.csv':
        'timestamp,event_id,customer_id,requests\n2026-10-05T10:00:00Z,x,acme,1\n2026-10-04T10:00:00Z,x,nimbus,2\n2026-10-06T10:00:00Z,y,acme,4\n',
      'tiers.yaml': 'pricing_tiers: { p: { cost: usage, overage: { requests: 1 } } }\n',
    });
    const read = 'rows usage.csv --tiers tiers.yaml --tier p --quiet --max-rejects 1 --customer acme --format csv';
    // nimbus' row is the earlier one, so it counts
    expect(csv((await meter(read, cwd)).stdout).map(({ kind, line }) => [kind, line])).toEqual([
      ['row', '4'],
      ['rejected', '2'],
    ]);
  });

  test.each`
    words                                       | code
    ${'--customer acme --line usage:egres@fra'} | ${'did you mean usage:egress@fra?'}
    ${'--customer acme --day 2026-02-30'}       | ${'[usage/bad-day]'}
    ${'--customer acme --day 2026-11-12'}       | ${'[usage/bad-day]'}
    ${'--customer akme'}                        | ${'akme'}
    ${''}                                       | ${'[usage/no-customer]'}
    ${'--customer acme --sample-rate 10%'}      | ${'[usage/rows-of-sample]'}
    ${'--customer acme --by day -o nowhere/'}   | ${'[usage/no-place-in-evidence]'}
  `('$words is refused with exit code 2', async ({ words, code }) => {
    const { stdout, stderr, exitCode } = await meter(`rows ${READ} ${words}`.trim());
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toContain(code);
  });

  test('a ledger has no rows, and is refused; its lines by day are those of the exports', async () => {
    const cwd = temporaryDirectory({
      'usage.csv': readFileSync(join(CWD, 'monday.csv'), 'utf8'),
      'tiers.yaml': readFileSync(join(CWD, 'tiers.yaml'), 'utf8'),
    });
    await meter('ledger usage.csv --tiers tiers.yaml -o month.ndjson --quiet', cwd);
    const rows = await meter('rows month.ndjson --tiers tiers.yaml --tier production --customer acme', cwd);
    expect(rows).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('[ledger/needs-rows]') });
    const days = (from: string) =>
      meter(`invoice ${from} --tiers tiers.yaml --tier production --by day --format csv --quiet`, cwd);
    expect(await days('month.ndjson')).toEqual(await days('usage.csv'));
  });
});

describe('--by', () => {
  const parts = async (words: string, key: string) => {
    const rows = csv((await meter(words)).stdout).filter((row) => row.key === key);
    return rows.map(({ value, quantity, amount }) => [value, quantity, amount]);
  };

  test('by day, the last cent goes to the largest remainder', async () => {
    const days = await parts(`invoice ${READ} --customer acme --by day --format csv`, 'usage:egress@iad');
    // 0.14 over 1 GB and 0.5 GB: 0.0933… and 0.0466…; rounded down 0.09 and 0.04, and the cent goes to 0.0066…
    expect(days).toEqual([
      ['2026-10-13', '1000000000', '0.09'],
      ['2026-10-20', '500000000', '0.05'],
    ]);
  });

  test('by day, a step has what was used while it was filled', async () => {
    const days = await parts(`rows ${READ} --customer acme --by day --format csv`, 'usage:requests:1');
    expect(days.filter(([, quantity]) => quantity !== '0')).toEqual([
      ['2026-10-03', '300', '3.00'],
      ['2026-10-13', '200', '2.00'],
    ]);
  });

  test('by hour has the begin of the hour in the billing zone', async () => {
    const hours = await parts(
      `rows ${READ} --customer acme --line usage:requests:2 --by hour --format csv`,
      'usage:requests:2',
    );
    expect(hours.filter(([, quantity]) => quantity !== '0')).toEqual([
      ['2026-10-13T01:00:00+02:00', '200', '1.00'],
      ['2026-10-20T12:00:00+02:00', '300', '1.50'],
    ]);
  });

  test('by region and route, each has a part of every step in proportion to its usage', async () => {
    // 1 300 of 2 000 requests in fra, 700 in iad; step 1 costs 5.00
    const expected = [
      ['325', '3.25'],
      ['175', '1.75'],
    ];
    for (const by of ['region', 'route']) {
      const own = await parts(`invoice ${READ} --customer acme --by ${by} --format csv`, 'usage:requests:1');
      expect(own.map(([, ...rest]) => rest)).toEqual(expected);
    }
  });

  test('amounts of all rows add up to the subtotal, in CSV and in JSON', async () => {
    // 20.00 + 5.00 + 2.50 + 0.15 + 0.14
    const rows = csv((await meter(`invoice ${READ} --customer acme --by day --format csv`)).stdout);
    expect(rows.reduce((cents, { amount }) => cents + Math.round(Number(amount) * 100), 0)).toBe(2779);
    const json = JSON.parse((await meter(`invoice ${READ} --customer acme --by day --format json`)).stdout);
    expect(json.invoices[0].subtotal).toBe('27.79');
  });

  test.each(['--format md', '--explain', '--timeline', '-o nowhere/'])('has no place in %s', async (words) => {
    const { stderr, exitCode } = await meter(`invoice ${READ} --by day ${words}`);
    expect({ stderr, exitCode }).toEqual({ stderr: expect.stringContaining('[usage/no-place-for-by]'), exitCode: 2 });
  });
});

describe('a folder of evidence', () => {
  test('has the invoice, its days, the rows, the price list, and a command that makes it again', async () => {
    const cwd = temporaryDirectory(
      Object.fromEntries(
        ['monday.csv', 'late.csv', 'tiers.yaml'].map((name) => [name, readFileSync(join(CWD, name), 'utf8')]),
      ),
    );
    const { stderr, exitCode } = await meter(`rows ${READ} --customer acme -o acme/`, cwd);
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
    const names = ['README.md', 'by-day.csv', 'invoice.json', 'invoice.txt', 'prices', 'rows.csv'];
    expect(readdirSync(join(cwd, 'acme')).sort()).toEqual(names);
    const page = readFileSync(join(cwd, 'acme/README.md'), 'utf8');
    const command = /```sh\nmeter (.+)\n```/.exec(page)![1]!;
    expect(command).toBe(
      'rows monday.csv late.csv --customer acme --tiers tiers.yaml --tier production --max-rejects 1 -o again/',
    );
    await meter(command, cwd);
    for (const name of [...names.filter((one) => /\./.test(one)), 'prices/tiers.yaml']) {
      const [one, other] = ['acme', 'again'].map((folder) => readFileSync(join(cwd, folder, name), 'utf8'));
      expect(one, name).toBe(other);
    }
    expect(readFileSync(join(cwd, 'acme/prices/tiers.yaml'), 'utf8')).toBe(
      readFileSync(join(cwd, 'tiers.yaml'), 'utf8'),
    );
    expect(page).toContain('| `late.csv` | ');
  });

  test('is the same in an archive, byte by byte, and the same archive each time', async () => {
    const cwd = temporaryDirectory(
      Object.fromEntries(
        ['monday.csv', 'late.csv', 'tiers.yaml'].map((name) => [name, readFileSync(join(CWD, name), 'utf8')]),
      ),
    );
    await meter(`rows ${READ} --customer acme -o acme/`, cwd);
    await meter(`rows ${READ} --customer acme -o acme.zip`, cwd);
    await meter(`rows ${READ} --customer acme -o other.ZIP`, cwd);
    const archive = readFileSync(join(cwd, 'acme.zip'));
    const files = unzipped(archive);
    const names = ['invoice.txt', 'invoice.json', 'by-day.csv', 'rows.csv', 'prices/tiers.yaml', 'README.md'];
    expect([...files.keys()]).toEqual(names);
    for (const name of names) expect(files.get(name), name).toBe(readFileSync(join(cwd, 'acme', name), 'utf8'));
    expect(readFileSync(join(cwd, 'other.ZIP')).equals(archive)).toBe(true);
  });
});

/** The files of an archive, read from its directory at the end. */
function unzipped(archive: Buffer): Map<string, string> {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  const files = new Map<string, string>();
  let at = archive.readUInt32LE(end + 16);
  for (let n = archive.readUInt16LE(end + 10); n > 0; n--) {
    const [crc, compressed, size] = [16, 20, 24].map((offset) => archive.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const length = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + length);
    const begin = archive.readUInt32LE(at + 42) + 30 + length;
    const content = inflateRawSync(archive.subarray(begin, begin + compressed));
    expect([content.length, crc32(content)], name).toEqual([size, crc]);
    files.set(name, content.toString('utf8'));
    at += 46 + length;
  }
  return files;
}
