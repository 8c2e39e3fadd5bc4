/** Cases about what credits and packs pay of an invoice. */
import type { GrantOrder, InvoiceOrder } from '../support/invoices.ts';
import { tiersWithPrice } from '../support/rateCards.ts';

export type CreditCase = InvoiceOrder & {
  readonly id: string;
  readonly origin: string;
  readonly note?: string;
  readonly owed: string;
  /** What is left of grants, by id. */
  readonly left?: Readonly<Record<string, string>>;
  /** What is left of all of them. */
  readonly remaining?: string;
  readonly packs?: number;
};

const OPENMETER = 'openmeter credit/engine/run_test.go';
const PACKS = 'a pack of 25 for 25, bought whenever overage meets no credit';
const KONG = 'konghq metering-and-billing, credits';

const charge = (amount: string, credits: readonly GrantOrder[]) => ({
  tiers: tiersWithPrice('1'),
  usage: { units: amount },
  credits,
});

const STEPS = '{ model: graduated, steps: [{ up_to: 5, flat: 100 }, { up_to: 10, flat: 50 }, { amount: 1 }] }';

const overage = (amount: string, credits: readonly GrantOrder[] = []) => ({
  tiers: tiersWithPrice(
    '1',
    '',
    'credit_packs: { burst: { price: 25, credit: 25, auto_purchase: { max_per_period: 100 } } }',
  ),
  usage: { units: amount },
  credits,
});

export const CREDIT_CASES: readonly CreditCase[] = [
  {
    id: 'credits-002',
    origin: 'lago-api track_consumption_service_spec.rb:159',
    ...charge('60', [
      { id: 'b', amount: '50', priority: 20 },
      { id: 'a', amount: '50', priority: 10 },
    ]),
    owed: '0.00',
    left: { a: '0.00', b: '40.00' },
  },
  { id: 'credits-010', origin: `${OPENMETER}:107`, ...charge('50', []), owed: '50.00' },
  {
    id: 'credits-011',
    origin: `${OPENMETER}:238`,
    ...charge('50', [{ id: 'g1', amount: '100' }]),
    owed: '0.00',
    left: { g1: '50.00' },
  },
  {
    id: 'credits-017',
    origin: `${OPENMETER}:528`,
    ...charge('120', [
      { id: 'g2', amount: '100', priority: 2 },
      { id: 'g1', amount: '100', priority: 1 },
    ]),
    owed: '0.00',
    left: { g1: '0.00', g2: '80.00' },
  },
  {
    id: 'credits-019',
    origin: `${OPENMETER}:602`,
    ...charge(
      '99',
      Array.from({ length: 100_000 }, (_, i) => ({
        id: i === 77_777 ? 'soonest' : `g${i}`,
        amount: '100',
        expires: i === 77_777 ? '2026-12-30' : '2026-12-31',
      })),
    ),
    owed: '0.00',
    left: { soonest: '1.00' },
  },
  {
    id: 'credits-025',
    origin: KONG,
    ...charge('100', [{ id: 'g', amount: '40' }]),
    owed: '60.00',
    left: { g: '0.00' },
  },
  {
    id: 'credits-026',
    origin: KONG,
    note: 'with enough credit there is nothing left to invoice',
    ...charge('100', [{ id: 'g', amount: '100' }]),
    owed: '0.00',
    left: { g: '0.00' },
  },
  {
    id: 'credits-030',
    origin: 'openmeter mutator/credits_test.go:175',
    tiers: tiersWithPrice(STEPS),
    usage: { units: '10' },
    credits: [
      { id: 'one', amount: '75' },
      { id: 'two', amount: '75' },
    ],
    owed: '0.00',
  },
  {
    id: 'credits-031',
    origin: 'openmeter mutator/credits_test.go:241',
    tiers: tiersWithPrice(STEPS),
    usage: { units: '10' },
    credits: [{ id: 'one', amount: '125' }],
    owed: '25.00',
  },
  {
    id: 'credits-032',
    origin: 'openmeter mutator/credits_test.go:299',
    tiers: tiersWithPrice(STEPS, 'minimum: 200'),
    usage: { units: '10' },
    credits: [{ id: 'one', amount: '175' }],
    owed: '25.00',
  },
  {
    id: 'order-002',
    origin: 'flexprice invoice_discount_credit_workflow_test.go:357',
    tiers: 'pricing_tiers: { only: { cost: usage, discount: 10%, overage: { requests: 1, compute: 1 } } }',
    usage: { requests: '33.33', compute: '66.67' },
    credits: [{ id: 'g', amount: '10' }],
    owed: '80.00',
  },
  { id: 'burst_pack-001', origin: PACKS, ...overage('0'), owed: '0.00', packs: 0, remaining: '0.00' },
  { id: 'burst_pack-005', origin: PACKS, ...overage('25.01'), owed: '50.00', packs: 2, remaining: '24.99' },
  { id: 'burst_pack-007', origin: PACKS, ...overage('1000'), owed: '1000.00', packs: 40, remaining: '0.00' },
  {
    id: 'burst_pack-008',
    origin: PACKS,
    ...overage('40', [{ id: 'opening', amount: '10' }]),
    owed: '50.00',
    packs: 2,
    remaining: '20.00',
  },
];
