import { expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { forecastLimits } from '../../../src/core/estimate/limits.ts';
import { limitText } from '../../../src/report/estimate/words.ts';
import { periodOf } from '../../support/invoices.ts';
import { listedTier, rateCardOf } from '../../support/rateCards.ts';
import { usageOf } from '../../support/usage.ts';

const EVEN = ', traffic spread evenly over the days)';

// October 2026 has 31 days, and begins on a Thursday: its first week has 4 of them.
test.each`
  limit        | used      | text
  ${'310'}     | ${'310'}  | ${'80 % on day 25, 100 % on day 31, then blocked'}
  ${'10/day'}  | ${'310'}  | ${`80 % on day 1, 100 % on day 1, then blocked (a limit by the day${EVEN}`}
  ${'10/day'}  | ${'248'}  | ${`80 % on day 1 (a limit by the day${EVEN}`}
  ${'10/day'}  | ${'247'}  | ${`79.7 % used, no threshold reached (a limit by the day${EVEN}`}
  ${'70/week'} | ${'310'}  | ${`80 % on day 4, 100 % on day 4, then blocked (a limit by the week${EVEN}`}
  ${'70/week'} | ${'1240'} | ${`80 % on day 1, 100 % on day 1, then blocked (a limit by the week${EVEN}`}
`('of $limit, $used evenly over October: $text', ({ limit, used, text }) => {
  const rateCard = rateCardOf(`pricing_tiers: { p: { cost: 0, limits: { requests: ${limit} }, overage: null } }`);
  const [forecast] = forecastLimits(listedTier(rateCard, 'p'), usageOf(rateCard, { requests: used }), {
    thresholds: ['0.8', '1'].map((share) => new Decimal(share)),
    period: periodOf('2026-10'),
    zone: 'UTC',
  });
  expect(limitText(forecast!)).toBe(text);
});
