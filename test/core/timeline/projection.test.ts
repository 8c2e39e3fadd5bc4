/** Projections by the day, where a limit is for one. */
import { expect, test } from 'vitest';
import { timelineFor } from '../../support/timelines.ts';

const MIDDLE = '2026-10-16T12:00:00Z';

test('a tier that would block what a single day had is not recommended, however much other days have left', async () => {
  const { objects } = await timelineFor({
    tiers: `pricing_tiers:
  priced: { cost: 0, limits: { requests: 30/day }, overage: { requests: 1 } }
  capped: { cost: 5, limits: { requests: 30/day }, overage: null }
  roomy: { cost: 100, limits: { requests: 320/day }, overage: null }`,
    tier: 'priced',
    thresholds: ['1'],
    period: '2026-10',
    exports: [`timestamp,customer_id,requests\n${MIDDLE},acme,310\n`],
  });
  // Half of October: 310 become 620. The 310 to come are 20 a day for 15.5 days, so that the 16th has 310 + 10 = 320, and
  // the 15 days after it 20 each. Beyond 30 a day are 290, at 1 each. Capped blocks them; roomy costs 290 - 100 less.
  expect(objects[0]).toMatchObject({
    projected: { used: '620', overage: '290.00' },
    recommend: { tier: 'roomy', saves: '190.00' },
  });
});

test('a value weighted by time may lie beside a price by region', async () => {
  const { objects } = await timelineFor({
    tiers: `meters: { storage: { field: gb, unit: GB, aggregate: time_weighted, per: hour } }
pricing_tiers:
  pro:
    cost: 0
    limits: { requests: 30 }
    overage: { requests: 1, storage: 0.01, egress: { by: region, prices: { eu: 1/GB }, default: 1/GB } }`,
    thresholds: ['1'],
    period: '2026-10',
    exports: [`timestamp,customer_id,region,gb,requests\n2026-10-01T00:00:00Z,acme,eu,1,\n${MIDDLE},acme,eu,,30\n`],
  });
  // Half of October: 30 become 60, of which 30 are beyond the limit.
  expect(objects[0]).toMatchObject({ kind: 'limit', projected: { used: '60', overage: '30.00' } });
});

test('an annual fee is compared by its twelfth, also where the customer is on it', async () => {
  const order = {
    thresholds: ['1'],
    period: '2026-10',
    exports: [`timestamp,customer_id,requests\n${MIDDLE},acme,310\n`],
  };
  // Half of October: 310 become 620, and 620 − 310 at 0.10 are 31.00. yearly: 240/12 = 20.00 a month, 11.00 less.
  const metered = 'metered: { cost: 0, limits: { requests: 310 }, overage: { requests: 0.10 } }';
  const { objects } = await timelineFor({
    ...order,
    tiers: `pricing_tiers:\n  ${metered}\n  yearly: { cost: 240/yr }`,
    tier: 'metered',
  });
  expect(objects[0]).toMatchObject({ recommend: { tier: 'yearly', saves: '11.00' } });
  // 1 200/12 = 100.00 and 31.00 of usage, against 110.00: 21.00 less, in the month of the 1 200 as in any other.
  const { objects: paid } = await timelineFor({
    ...order,
    tiers: `pricing_tiers:\n  ${metered.replace('cost: 0', 'cost: 1200/yr').replace('metered', 'yearly')}\n  flat: { cost: 110 }`,
    customers: 'customers: { acme: { history: [{ tier: yearly, from: 2026-10-01 }] } }',
  });
  expect(paid[0]).toMatchObject({ recommend: { tier: 'flat', saves: '21.00' } });
});
