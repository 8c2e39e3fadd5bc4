/** What a limit is worth in a stretch: hard caps at the time, included quantities as the fee. */
import { expect, test } from 'vitest';
import { usageOfAcme } from '../../support/billing.ts';
import { invoiceFor, linesOf, linesOfKind, type StretchOrder, totalOf } from '../../support/invoices.ts';
import { check, fc } from '../../support/properties.ts';
import { minus, most, ofFraction, plus, type Rational, rational, shown, times, ZERO } from '../../support/rationals.ts';
import { shortEntries, timelineFor } from '../../support/timelines.ts';

const TIERS = `
pricing_tiers:
  sandbox: { cost: 0, limits: { requests: 50k/mo }, overage: null }
  trial: { cost: 0, limits: { requests: 62k/mo }, overage: null }
  production: { cost: 19 + usage, limits: { requests: 200k/mo }, overage: { requests: 0.40/10k } }
`;

const order = (tier: string, from: string, to: string, requests: string): StretchOrder => ({
  tier,
  covered: `${from}..${to}`,
  usage: { requests },
});

test('who upgrades on the 11th had the whole month’s cap until then', () => {
  const [first, second] = [
    order('sandbox', '2026-10-01', '2026-10-11', '30000'),
    order('production', '2026-10-11', '2026-11-01', '1000'),
  ];
  const invoice = invoiceFor({ tiers: TIERS, ...first, next: [second!] });
  // 30 000 of 50 000. Fee 19 × 21/31 = 12.8709…; 1 000 of 200 000 × 21/31 = 135 483.87 included
  expect(invoice.blocked).toEqual(new Map());
  expect(linesOf(invoice)).toEqual(['fee 0.00', 'fee/2 12.87', 'usage:requests/2 0.00']);
  expect(totalOf(invoice)).toBe('12.87');
  expect(linesOfKind(invoice, 'usage')[0]).toMatchObject({ description: 'requests beyond 200k × 21/31' });
});

test('a tier that ends within the first day had the whole month’s cap, too', () => {
  const noon = '2026-10-01T12:00:00Z';
  const invoice = invoiceFor({
    tiers: TIERS,
    ...order('sandbox', '2026-10-01', noon, '50001'),
    next: [order('production', noon, '2026-11-01', '1000')],
  });
  // 50 001 − 50 000; the fee of 31 days
  expect(String(invoice.blocked.get('requests'))).toBe('1');
  expect(totalOf(invoice)).toBe('19.00');
});

test('a stretch that begins inside the period has the share of the cap that is left, wherever it ends', () => {
  const invoice = invoiceFor({
    tiers: TIERS,
    ...order('production', '2026-10-01', '2026-10-11', '0'),
    next: [order('trial', '2026-10-11', '2026-10-21', '43000'), order('sandbox', '2026-10-21', '2026-11-01', '20000')],
  });
  // From the 11th 21 of 31 days are left: 62 000 × 21/31 = 42 000, 1 000 blocked. From the 21st 11 of 31:
  // 50 000 × 11/31 = 17 741.935…, 2 258.064… blocked. Together 3 258.064516129…
  expect(String(invoice.blocked.get('requests'))).toBe('3258.064516129032');
});

test('the timeline begins to block where the invoice does', async () => {
  const customers = `
customers:
  acme: { history: [ { tier: sandbox, to: 2026-10-11 }, { tier: production, from: 2026-10-11 } ] }
`;
  const entriesFor = async (...rows: string[]) => {
    const found = await timelineFor({ tiers: TIERS, customers, thresholds: ['1'], exports: [usageOfAcme(...rows)] });
    return shortEntries(found);
  };
  expect(await entriesFor('2026-10-05 20000', '2026-10-09 29999', '2026-10-20 1000')).toEqual([]);
  expect(await entriesFor('2026-10-05 20000', '2026-10-09 30000', '2026-10-20 1000')).toEqual([
    '2026-10-09T12:00:00Z limit acme sandbox requests 1 50000/50000',
  ]);
});

/** Days of a month on which tiers change, the tier from each on, and what is used there. */
const MONTHS = { '2026-02': 28, '2026-04': 30, '2026-10': 31 } as const;
const CAPS = { sandbox: '50000', trial: '62000' } as const;
const month = fc.constantFrom(...(Object.keys(MONTHS) as (keyof typeof MONTHS)[])).chain((name) =>
  fc.record({
    name: fc.constant(name),
    stretches: fc.uniqueArray(fc.integer({ min: 1, max: MONTHS[name] }), { minLength: 1, maxLength: 4 }).chain((days) =>
      fc.tuple(
        ...days
          .sort((a, b) => a - b)
          .map((day) =>
            fc.record({
              day: fc.constant(day),
              tier: fc.constantFrom('sandbox', 'trial', 'production'),
              used: fc.integer({ min: 0, max: 130_000 }),
            }),
          ),
      ),
    ),
  }),
);

test('what is blocked and what is charged are those of an oracle that knows the days only (500 runs)', () => {
  check(
    fc.property(month, ({ name, stretches }) => {
      const days = MONTHS[name];
      const at = (day: number) => `${name}-${String(day).padStart(2, '0')}`;
      const end = new Date(Date.UTC(Number(name.slice(0, 4)), Number(name.slice(5)), 1)).toISOString().slice(0, 10);
      const orders = stretches.map(({ day, tier, used }, i) =>
        order(tier, at(day), stretches[i + 1] ? at(stretches[i + 1]!.day) : end, String(used)),
      );
      const [first, ...next] = orders;
      const invoice = invoiceFor({ tiers: TIERS, period: name, ...first, next });

      let blocked: Rational = ZERO;
      const charged: string[] = [];
      for (const [i, { day, tier, used }] of stretches.entries()) {
        const until = stretches[i + 1]?.day ?? days + 1;
        if (tier === 'production') {
          const included = times(rational(200_000), rational(`${until - day}/${days}`));
          charged.push(shown(most(ZERO, minus(rational(used), included)), 9));
        } else {
          const cap = times(rational(CAPS[tier as keyof typeof CAPS]), rational(`${days + 1 - day}/${days}`));
          blocked = plus(blocked, most(ZERO, minus(rational(used), cap)));
        }
      }
      const found = invoice.blocked.get('requests');
      expect(shown(found ? ofFraction(found) : ZERO, 9)).toBe(shown(blocked, 9));
      const quantities = linesOfKind(invoice, 'usage').map((line) => line.kind === 'usage' && line.quantity);
      expect(quantities.map((quantity) => quantity && shown(ofFraction(quantity), 9))).toEqual(charged);
    }),
    { runs: 500 },
  );
});
