import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const USAGE = 'timestamp,customer_id,requests,compute,egress\n2026-10-01T00:00:00Z,acme,1,1,1\n';
const TIERS = 'pricing_tiers: { free: { cost: 0 } }\n';

describe('meter alone', () => {
  test.each([
    ['nothing', {}, ['meter sample -o usage.csv', 'meter schema tiers', 'meter sample --customers 3 --rows 20']],
    [
      'an export and tiers',
      { 'october.csv': USAGE, 'tiers.yaml': TIERS, 'customers.csv': 'customer_id,tier\n' },
      [
        'meter invoice october.csv --customers customers.csv',
        'meter timeline october.csv --customers customers.csv',
        'meter validate tiers.yaml',
      ],
    ],
    [
      'routes and tiers',
      { 'edge.yaml': 'routes: []\n', 'tiers.yaml': TIERS },
      ['meter estimate edge.yaml', 'meter validate tiers.yaml', 'meter sample -o usage.csv'],
    ],
    [
      'a history and an export with a name that a shell would cut',
      { 'history.csv': 'customer_id,month,requests\n', "it's usage.csv": USAGE },
      ['meter simulate history.csv', "meter usage './it'\\''s usage.csv'", 'meter schema tiers'],
    ],
  ])('with %s here: twelve lines on standard output, three of them to try, exit code 0', async (_, files, lines) => {
    const { stdout, stderr, exitCode } = await runMeter([], { cwd: temporaryDirectory(files) });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout.split('\n')).toHaveLength(12 + 1);
    const tried = stdout.split('\n').filter((line) => line.startsWith('  meter'));
    expect(tried.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(lines);
  });
});
