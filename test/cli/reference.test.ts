import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allCommands } from '../../src/cli/main.ts';
import { reference } from '../support/reference.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';

test('docs/reference.md is what the definitions of commands say (npm run reference rewrites it)', async () => {
  await expect(reference(await allCommands())).toMatchFileSnapshot(resolve(ROOT, 'docs/reference.md'));
});

test('each command has a summary, examples that name it, and help that begins with them', async () => {
  for (const { name, summary, examples } of await allCommands()) {
    expect(summary.length, name).toBeGreaterThan(10);
    expect(examples.length, name).toBeGreaterThan(0);
    for (const [line] of examples) expect(line.split(' ')[0]).toBe(name);
    const { stdout, exitCode } = await runMeter([name, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout.indexOf('Examples:')).toBeGreaterThan(0);
    expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf('Usage:'));
  }
});

test('each example is read as that command would read it', async () => {
  const { readCommandLine } = await import('../../src/cli/commandLine.ts');
  for (const { name, examples } of await allCommands()) {
    for (const [line] of examples) {
      const words = line.replace(/ >.*$/, '').match(/'[^']*'|\S+/g)!;
      const io = { stdout: { write: fail }, stderr: { write: fail } } as never;
      const written = await readCommandLine(
        words.map((word) => word.replaceAll("'", '')),
        await allCommands(),
        io,
      );
      expect(written?.command.name).toBe(name);
    }
  }
});

function fail(text: string): never {
  throw new Error(text);
}
