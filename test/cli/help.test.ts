/** Help is cut into lines of the terminal, or of as many columns as COLUMNS asks for. */
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';

async function longestLine(argv: readonly string[], env: Record<string, string>): Promise<number> {
  const { stdout, exitCode } = await runMeter(argv, { env });
  expect(exitCode).toBe(0);
  const options = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Exit codes:'));
  const terms = options.split('\n').filter((line) => line.startsWith(' '));
  return Math.max(...terms.map((line) => line.length));
}

test.each(['--help', 'help invoice', 'invoice --help'])('meter %s', async (argv) => {
  const words = argv.split(' ');
  expect(await longestLine(words, { COLUMNS: '60' })).toBeLessThanOrEqual(60);
  const usual = await longestLine(words, {});
  expect(usual).toBeGreaterThan(60);
  expect(usual).toBeLessThanOrEqual(80);
  // A width that is none is nobody's wish.
  expect(await longestLine(words, { COLUMNS: 'wide' })).toBe(usual);
});
