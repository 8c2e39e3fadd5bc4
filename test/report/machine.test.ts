import { expect, test } from 'vitest';
import { preciseInstant } from '../../src/report/machine.ts';

/** Nanoseconds since 1970. */
const at = (text: string, more = 0n) => BigInt(Date.parse(text)) * 1_000_000n + more;

test.each`
  instant                                 | zone                  | text
  ${at('2026-10-01T00:00:00Z')}           | ${undefined}          | ${'2026-10-01T00:00:00Z'}
  ${at('2026-10-01T00:00:00Z', 1n)}       | ${undefined}          | ${'2026-10-01T00:00:00.000000001Z'}
  ${at('2026-10-01T00:00:00.120Z', 300n)} | ${'UTC'}              | ${'2026-10-01T00:00:00.1200003Z'}
  ${at('2026-10-01T00:00:00.120Z')}       | ${'Europe/Berlin'}    | ${'2026-10-01T02:00:00.120+02:00'}
  ${at('2026-10-01T00:00:00Z', 1_000n)}   | ${'Asia/Kathmandu'}   | ${'2026-10-01T05:45:00.000001+05:45'}
  ${at('2026-10-25T00:59:59.999Z', 999n)} | ${'Europe/Berlin'}    | ${'2026-10-25T02:59:59.999000999+02:00'}
  ${at('2026-10-25T01:00:00Z')}           | ${'Europe/Berlin'}    | ${'2026-10-25T02:00:00+01:00'}
  ${at('2026-10-01T00:00:00Z', -1n)}      | ${'America/St_Johns'} | ${'2026-09-30T21:29:59.999999999-02:30'}
  ${-1n}                                  | ${undefined}          | ${'1969-12-31T23:59:59.999999999Z'}
`('$instant ns in $zone is $text', ({ instant, zone, text }) => {
  expect(preciseInstant(instant, zone)).toBe(text);
});
