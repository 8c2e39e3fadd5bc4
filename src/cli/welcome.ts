/** `meter` alone: what it is, and three things to try with the files that are here. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../report/safeText.ts';
import { tierFileHere } from './inputs.ts';
import type { Io } from './io.ts';

/** Names that are looked at: a directory may hold millions. */
const MOST_NAMES = 1000;
const MOST_TRIALS = 3;
/** Bytes of a CSV file in which its header is looked for. */
const HEAD_BYTES = 4096;

type Trial = readonly [line: string, what: string];

/** Twelve lines. */
export function welcome(description: string, io: Io): string {
  const trials = trialsIn(io).slice(0, MOST_TRIALS);
  const width = Math.max(...trials.map(([line]) => line.length));
  return `meter: ${description}

It reads usage exports and a tier file, and says what each customer owes and why,
when limits are reached, what routes will cost, and which pricing model pays.

To try here:
${trials.map(([line, what]) => `  ${printable(line.padEnd(width))}  ${what}\n`).join('')}
meter --help            all commands
meter invoice --help    examples and options of one
`;
}

function trialsIn(io: Io): Trial[] {
  const names = namesIn(io.cwd);
  const csv = names.filter((name) => /\.csv$/i.test(name)).map((name) => ({ name, columns: columnsOf(io.cwd, name) }));
  const exports = csv.filter(({ columns }) => columns.includes('timestamp'));
  const usage =
    (exports.find(({ name }) => /usage/i.test(name)) ?? exports[0])?.name ??
    names.find((name) => /\.(ndjson|jsonl)(\.(gz|zst))?$/i.test(name));
  const history = csv.find(({ columns }) => columns.includes('customer_id') && columns.includes('month'))?.name;
  const customers = names.find((name) => /^customers\.(csv|ya?ml)$/i.test(name));
  const routes = names.find((name) => /^(edge\.ya?ml|wrangler\.(toml|jsonc?))$/i.test(name));
  const tiers = tierFileHere(io);
  const own = customers === undefined ? '' : ` --customers ${word(customers)}`;
  const trials: Trial[] = [];
  const offer = (isThere: boolean, line: string, what: string) => {
    if (isThere) trials.push([line, what]);
  };
  const hasTiers = tiers !== undefined;
  offer(hasTiers && usage !== undefined, `meter invoice ${word(usage ?? '')}${own}`, 'what each customer owes');
  offer(hasTiers && usage !== undefined, `meter timeline ${word(usage ?? '')}${own}`, 'when they reached a limit');
  offer(hasTiers && routes !== undefined, `meter estimate ${routes}`, 'what these routes will cost');
  offer(history !== undefined, `meter simulate ${word(history ?? '')}`, 'which pricing model pays');
  offer(hasTiers, `meter validate ${tiers}`, 'whether the tier file is in order');
  offer(usage !== undefined, `meter usage ${word(usage ?? '')}`, 'what each customer used, by month');
  offer(usage === undefined, 'meter sample -o usage.csv', 'made-up telemetry to try things with');
  offer(true, 'meter schema tiers', 'what a tier file may hold, for your editor');
  offer(true, 'meter sample --customers 3 --rows 20', 'how telemetry looks');
  return trials;
}

function namesIn(directory: string): string[] {
  try {
    const names = readdirSync(directory).slice(0, MOST_NAMES).sort();
    return names.filter((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.isFile()); // a pipe would block
  } catch {
    return []; // a directory that may not be listed has nothing to show
  }
}

/** The columns of a CSV file's header; none where it cannot be read. */
function columnsOf(directory: string, name: string): string[] {
  const head = Buffer.alloc(HEAD_BYTES);
  let fd: number | undefined;
  try {
    fd = openSync(join(directory, name), 'r');
    const [line = ''] = head
      .toString('utf8', 0, readSync(fd, head))
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1);
    return line.split(',').map((column) => column.replaceAll('"', '').trim());
  } catch {
    return [];
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The text quoted so that a shell takes it for one word. */
function word(name: string): string {
  return /^[\w.,/+-]+$/.test(name) && !name.startsWith('-') ? name : `'./${name.replaceAll("'", "'\\''")}'`;
}
