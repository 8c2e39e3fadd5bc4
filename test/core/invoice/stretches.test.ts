import { expect, test } from 'vitest';
import { invoiceFor, linesOf } from '../../support/invoices.ts';

const TIERS = `
pricing_tiers:
  small: { cost: 31, limits: { requests: 310 }, overage: { requests: 1 } }
  large: { cost: 62, limits: { requests: 620 }, overage: { requests: 1 } }
`;

test('a month on two tiers has each tier’s fee and included quantity for the days on it', () => {
  const invoice = invoiceFor({
    tiers: TIERS,
    covered: '2026-10-01..2026-10-11',
    usage: { requests: '101' },
    next: [{ tier: 'large', covered: '2026-10-11..2026-11-01', usage: { requests: '420' } }],
  });
  // 10 of 31 days: 10.00 and 100 requests; 21 of 31: 42.00 and 420
  expect(linesOf(invoice)).toEqual(['fee 10.00', 'usage:requests 1.00', 'fee/2 42.00', 'usage:requests/2 0.00']);
  expect(invoice.lines.map(({ description }) => description)).toContain('small, monthly fee × 10/31');
});

test('a period of a few hours on two tiers is shared by time, having no days to be shared by', () => {
  const invoice = invoiceFor({
    tiers: TIERS,
    period: '2026-10-01T00:00:00Z..2026-10-01T12:00:00Z',
    covered: '2026-10-01T00:00:00Z..2026-10-01T03:00:00Z',
    usage: { requests: '78.5' },
    next: [{ tier: 'large', covered: '2026-10-01T03:00:00Z..2026-10-01T12:00:00Z', usage: { requests: '465' } }],
  });
  // Half a day is 1/62 of a month: fees of 0.50 and 1.00, of which 1/4 and 3/4; 77.5 and 465 requests
  expect(linesOf(invoice)).toEqual(['fee 0.13', 'usage:requests 1.00', 'fee/2 0.75', 'usage:requests/2 0.00']);
  expect(invoice.lines.map(({ description }) => description)).toContain('large, monthly fee × 0.75');
});
