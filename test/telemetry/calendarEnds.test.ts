/** Usage at the ends of the calendar is billed like any other: a wrong clock on an edge node must not lose it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';

test.each([
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '0001-02-01T00:00:00Z'],
  ['0099-12-31T23:59:59.999Z', '0099-12-01T00:00:00Z', '0100-01-01T00:00:00Z'],
  ['1969-12-31T23:59:59.999999999Z', '1969-12-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  ['9999-11-30T23:59:59Z', '9999-11-01T00:00:00Z', '9999-12-01T00:00:00Z'],
])('usage at %s is in the month from %s to %s', async (at, start, end) => {
  const args = ['invoice', '-', '--tiers', join(ROOT, 'tiers.example.yaml'), '--tier', 'scale', '--format', 'json'];
  const stdin = `timestamp,customer_id,requests\n${at},acme,7\n`;
  const { stdout, exitCode } = await runMeter(args, { stdin });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).invoices).toMatchObject([{ period: { start, end }, usage: { requests: '7' } }]);
  const month = start.slice(0, 7);
  const again = await runMeter([...args, '--period', month], { stdin });
  expect(JSON.parse(again.stdout).invoices).toEqual(JSON.parse(stdout).invoices);
});
