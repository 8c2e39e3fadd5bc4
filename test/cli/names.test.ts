/** A name from an export or a route file, through whole commands: text for people shows it, and nothing obeys it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMarkdown } from '../support/markdownFaults.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NAMES = [
  '@octocat',
  'ann@example.com',
  'www.example.com',
  'https://example.com/a',
  'org/repo#12',
  ':tada:',
  '<b>x</b>',
  'a|b`c`',
];
const UNSEEN = ['a\u200bb', 'a\u00adb', 'a\u202eb', 'a\u{e0041}b', 'a\u0085b', 'a\u2066b'];
const RAW = /[\u00ad\u0085\u200b\u202e\u2066\u{e0041}]/u;

const rows = [...NAMES, ...UNSEEN].map((name, i) => `2026-10-0${(i % 9) + 1}T00:00:00Z,"${name}",e${i},60000,1,1\n`);
const TIERS = 'pricing_tiers:\n  free: { cost: 0, limits: { requests: 50k/mo }, overage: null }\n';
const EXPORT = `timestamp,customer_id,event_id,requests,compute,egress\n${rows.join('')}`;
const EDGE = `routes:\n${[...NAMES, ...UNSEEN].map((name) => `  - { match: ${JSON.stringify(`GET ${name}`)}, traffic: 1k/month, compute: 1ms, response: 1kB }\n`).join('')}`;

type Command = (typeof COMMANDS)[number];
const COMMANDS = ['invoice', 'invoice --explain', 'timeline', 'estimate'] as const;

/** The command with the files above. */
function argumentsOf(command: Command): string[] {
  const directory = temporaryDirectory({ 'usage.csv': EXPORT, 'edge.yaml': EDGE, 'tiers.yaml': TIERS });
  const [name, ...flags] = command.split(' ') as [string, ...string[]];
  const tiers = ['--tiers', join(directory, 'tiers.yaml'), '--tier', 'free'];
  return [name, join(directory, name === 'estimate' ? 'edge.yaml' : 'usage.csv'), ...tiers, ...flags];
}

/** Lines of a page as a reader of Markdown takes them: cells, headings and list entries by themselves. */
function piecesOf(page: string): string[] {
  return page.split('\n').flatMap((line) =>
    line
      .replace(/^(?:#+|-) /, '')
      .split(/(?<!\\)\||<br>|<\/?(?:details|summary)>|\*\*/)
      .map((piece) => piece.trim()),
  );
}

test.each(COMMANDS)('in Markdown of meter %s no name is more than text', async (command) => {
  const { stdout } = await runMeter([...argumentsOf(command), '--format', 'md']);
  expect(stdout).toContain('octocat');
  const faults = piecesOf(stdout).flatMap((piece) => readMarkdown(piece).faults);
  expect(faults.filter((fault) => fault !== 'block')).toEqual([]);
});

test.each(COMMANDS)('in texts of meter %s for people nothing is unseen', async (command) => {
  const args = argumentsOf(command);
  const formats = command === 'estimate' ? ['table', 'md', 'html'] : ['table', 'md'];
  for (const format of formats) {
    const { stdout, stderr } = await runMeter([...args, '--format', format]);
    // The page's own program is left out: it holds the characters that it writes out.
    expect(stdout.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(RAW);
    expect(stderr).not.toMatch(RAW);
    expect(stdout).toContain(format === 'md' ? 'a\\\\u200bb' : 'a\\u200bb');
  }
});

test('in JSON a name is what it was', async () => {
  const { stdout } = await runMeter([...argumentsOf('invoice'), '--format', 'json']);
  const { invoices } = JSON.parse(stdout) as { invoices: { customer: string }[] };
  expect(new Set(invoices.map(({ customer }) => customer))).toEqual(new Set([...NAMES, ...UNSEEN]));
});

test('a message shows what is unseen in a name', async () => {
  const directory = temporaryDirectory({
    'tiers.yaml': TIERS,
    'e.yaml': 'tier: "fr\u200bee"\nroutes: [{ match: /a, traffic: 1/month, compute: 0s, response: 0B }]\n',
  });
  const args = ['estimate', join(directory, 'e.yaml'), '--tiers', join(directory, 'tiers.yaml')];
  const { stderr, exitCode } = await runMeter(args, { env: { GITHUB_ACTIONS: 'true' } });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('there is no tier "fr\\u200bee"');
  expect(stderr).not.toMatch(RAW);
});
