import { expect, test } from 'vitest';
import { csv, shortEntries, timelineFor } from '../../support/timelines.ts';

const TIERS = `
meters:
  good: { field: requests, unit: request, where: { status: 2xx } }
pricing_tiers: { a: { cost: 0, limits: { good: 10, requests: 100 }, overage: { good: 1, requests: 1 } } }
`;

test('a limit is crossed by the rows that its meter counts', async () => {
  // Good ones: 4 by 10:00, 8 by 12:00, 12 by 12:30, of all requests 94 are there by then. 80 % of 10 is 8, 80 % of 100 is 80.
  const exports = [
    csv(
      [
        'acme 2026-10-01T10:00:00Z 4 200',
        'acme 2026-10-01T11:00:00Z 70 500',
        'acme 2026-10-01T12:00:00Z 4 204',
        'acme 2026-10-01T12:15:00Z 12 404',
        'acme 2026-10-01T12:30:00Z 4 200',
      ],
      'requests status',
    ),
  ];
  expect(shortEntries(await timelineFor({ tiers: TIERS, exports }))).toEqual([
    '2026-10-01T12:00:00Z threshold acme a good 0.8 8/10',
    '2026-10-01T12:15:00Z threshold acme a requests 0.8 90/100',
    '2026-10-01T12:30:00Z limit acme a good 1 12/10',
  ]);
});
