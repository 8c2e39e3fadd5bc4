/** A timeline reads files again for its instants; that both readings found the same rows is no matter of who tells it. */
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test.each(['last', 'time_weighted'])(
  'files with a meter whose values stay (%s) are not taken for changed',
  async (aggregate) => {
    // Limit 100: 200 requests at the first instant are 80 % and all of it. The row of September counts for storage alone.
    const cwd = temporaryDirectory({
      'usage.csv':
        'timestamp,customer_id,requests,stored\n2026-09-30T00:00:00Z,a,9,5\n2026-10-01T00:00:00Z,a,200,5\n2026-10-02T00:00:00Z,a,1,6\n',
      'tiers.yaml': `default_tier: p
meters: { storage: { field: stored, unit: B, aggregate: ${aggregate}${aggregate === 'last' ? '' : ', per: day'} } }
pricing_tiers: { p: { cost: 1, limits: { requests: 100 }, overage: { requests: 1, storage: 1/GB } } }
`,
    });
    const args = ['timeline', 'usage.csv', '--period', '2026-10', '--format', 'csv', '--quiet'];
    const { stdout, stderr, exitCode } = await runMeter(args, { cwd });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout.match(/^2026-10-01T00:00:00Z,(threshold|limit)/gm)).toHaveLength(2);
  },
);
