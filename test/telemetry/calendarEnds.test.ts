/** Usage at the ends of the calendar: a clock that was never set must neither lose usage silently nor make up periods. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';

const ARGS = ['invoice', '-', '--tiers', join(ROOT, 'tiers.example.yaml'), '--tier', 'scale', '--format', 'json'];

function exportAt(at: string): string {
  return `timestamp,customer_id,requests\n${at},acme,7\n`;
}

test.each([
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1970-02-01T00:00:00Z'],
  ['9999-11-30T23:59:59Z', '9999-11-01T00:00:00Z', '9999-12-01T00:00:00Z'],
])('usage at %s is in the month from %s to %s', async (at, start, end) => {
  const stdin = exportAt(at);
  const { stdout, exitCode } = await runMeter(ARGS, { stdin });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).invoices).toMatchObject([{ period: { start, end }, usage: { requests: '7' } }]);
  const month = start.slice(0, 7);
  const again = await runMeter([...ARGS, '--period', month], { stdin });
  expect(JSON.parse(again.stdout).invoices).toEqual(JSON.parse(stdout).invoices);
});

test.each(['0001-01-01T00:00:00Z', '0099-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999999999Z'])(
  'usage at %s is rejected, because no export is that old',
  async (at) => {
    const { stderr, exitCode } = await runMeter(ARGS, { stdin: exportAt(at) });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('[row/out-of-range-time]');
  },
);
