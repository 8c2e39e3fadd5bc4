/** The script of bash runs in bash; those of other shells run where these are installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** What bash offers for the last of some words; `=` is a word of its own, as in bash. */
async function offered(words: readonly string[], files: readonly string[] = []): Promise<string[]> {
  const { stdout } = await runMeter(['completion', 'bash']);
  const cwd = temporaryDirectory(Object.fromEntries(files.map((name) => [name, ''])));
  const list = words.map((one) => `'${one}'`).join(' ');
  const script = `${stdout}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _meter; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout: lines, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { cwd, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return lines.split('\n').filter((line) => line !== '');
}

test.each([
  { words: ['meter', 'inv'], is: ['invoice'] },
  { words: ['meter', '--ver'], is: ['--version'] },
  { words: ['meter', 'help', 'inv'], is: ['invoice'] },
  { words: ['meter', 'he'], is: ['help'] },
  { words: ['meter', 'invoice', '--cust'], is: ['--customers', '--customer', '--customer-field'] },
  { words: ['meter', 'invoice', 'x.csv', '--no-d'], is: ['--no-dedupe'] },
  {
    words: ['meter', 'invoice', '--format', ''],
    is: [
      'table',
      'json',
      'ndjson',
      'csv',
      'md',
      'focus',
      'journal',
      'hledger',
      'stripe',
      'html',
      'junit',
      'pdf',
      'ubl',
      'xrechnung',
      'factur-x',
    ],
  },
  { words: ['meter', 'invoice', '--format', '=', 'f'], is: ['focus', 'factur-x'] },
  {
    words: ['meter', 'invoice', '--format', '='],
    is: [
      'table',
      'json',
      'ndjson',
      'csv',
      'md',
      'focus',
      'journal',
      'hledger',
      'stripe',
      'html',
      'junit',
      'pdf',
      'ubl',
      'xrechnung',
      'factur-x',
    ],
  },
  { words: ['meter', '--no-color', 'estimate', '--format', 'ht'], is: ['html'] },
  { words: ['meter', 'invoice', '--time-unit', ''], is: ['s', 'ms', 'us', 'ns'] },
  { words: ['meter', 'completion', ''], is: ['bash', 'zsh', 'fish'] },
  { words: ['meter', 'invoice', '--tiers', ''], is: ['a b.csv', 'tiers.yaml'] },
  { words: ['meter', 'invoice', '-o', 't'], is: ['tiers.yaml'] },
  { words: ['meter', 'invoice', 'a'], is: ['a b.csv'] },
  { words: ['meter', 'invoice', '--period', ''], is: [] },
])('bash: $words is completed by $is', async ({ words, is }) => {
  expect((await offered(words, ['a b.csv', 'tiers.yaml'])).sort()).toEqual([...is].sort());
});

test.each(['zsh', 'fish'])('%s: every command, flag and choice is in the script', async (shell) => {
  const { allCommands } = await import('../../src/cli/main.ts');
  const { longName } = await import('../../src/cli/flags/flag.ts');
  const { stdout } = await runMeter(['completion', shell]);
  for (const { name, flags } of await allCommands()) {
    expect(stdout).toContain(name);
    for (const [key, flag] of Object.entries(flags)) {
      const long = longName(key, flag);
      expect(stdout).toContain(shell === 'fish' ? `-l ${long.slice(2)} ` : long);
      if (flag.choices) expect(stdout).toContain(flag.choices.join(' '));
    }
  }
});

test.each([
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('%s takes its script', async (shell, check) => {
  const { stdout } = await runMeter(['completion', shell]);
  const file = join(temporaryDirectory({ script: stdout }), 'script');
  const { status, stderr, error } = spawnSync(shell, [...check, file], { encoding: 'utf8' });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return; // not installed here
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('a shell that is not known is answered with the likeliest', async () => {
  const { stderr, exitCode } = await runMeter(['completion', 'bsah']);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish. Did you mean bash?');
  expect(exitCode).toBe(2);
});
