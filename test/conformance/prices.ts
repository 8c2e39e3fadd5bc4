/** Cases about one price: each goes through a tier file with one tier and one meter, `units`. */

export type PriceGroup = {
  /** As under `overage` in a tier file. */
  readonly price: string;
  /** What else the tier says, as flow pairs. */
  readonly tier?: string;
  /** Further top-level lines of the tier file. */
  readonly file?: string;
  /** How the source's own notation was translated, where it is not plain. */
  readonly note?: string;
  readonly cases: readonly PriceCase[];
};

export type PriceCase = {
  readonly id: string;
  /** Project or document, and the place in it. */
  readonly origin: string;
  /** Quantity in the period. */
  readonly used: string;
  /**
   * For sources that bill a period in parts: what they had measured and billed before. One invoice over both parts must
   * come to what was billed before plus what the case says.
   */
  readonly earlier?: { readonly used: string; readonly billed: string };
  /** What the usage lines cost before rounding. */
  readonly exact?: string;
  /** What is charged for usage in the end: rounded, after discount, maximum and minimum. */
  readonly charged?: string;
  /** The quantity that is priced. */
  readonly priced?: string;
  /** One step's part of it. */
  readonly step?: { readonly number: number; readonly quantity: string; readonly exact: string };
};

const FLEXPRICE = 'flexprice price_test.go';
const STRIPE = 'stripe tiered pricing, table';
const OPENMETER = 'openmeter rating/service/rate';
const KILLBILL = 'killbill TestContiguousIntervalConsumableInArrear.java';

export const PRICE_GROUPS: readonly PriceGroup[] = [
  {
    price: '5.12345',
    cases: [{ id: 'per_unit-001', origin: 'lago-api standard_service_spec.rb:37', used: '10', exact: '51.2345' }],
  },
  {
    price: '10',
    cases: [
      { id: 'per_unit-002', origin: 'lago-api standard_service_spec.rb:61', used: '10', exact: '100' },
      { id: 'per_unit-004', origin: `${OPENMETER}/unit_test.go:19`, used: '0', exact: '0' },
      {
        id: 'progressive-009',
        origin: 'openmeter rating/subtract/subtract_test.go:102',
        earlier: { used: '5', billed: '50' },
        used: '-5',
        charged: '-50.00',
      },
    ],
  },
  {
    price: '0.00000009',
    cases: [
      {
        id: 'huge-002',
        origin: 'exact arithmetic on 10^18 + 1 units',
        used: '1000000000000000001',
        exact: '90000000000.00000009',
      },
    ],
  },
  {
    price: '0.001',
    cases: [
      {
        id: 'progressive-006',
        origin: 'openmeter rating/subtract/subtract_test.go:58',
        earlier: { used: '333', billed: '0.33' },
        used: '333',
        charged: '0.34',
      },
    ],
  },
  {
    price: '10',
    tier: 'minimum: 100',
    cases: [{ id: 'min_max-001', origin: `${OPENMETER}/unit_test.go:33`, used: '0', charged: '100.00' }],
  },
  {
    price: '10',
    tier: 'maximum: 100',
    cases: [
      {
        id: 'min_max-003',
        origin: `${OPENMETER}/unit_test.go:191`,
        earlier: { used: '7', billed: '70' },
        used: '5',
        charged: '30.00',
      },
      {
        id: 'progressive-010',
        origin: 'openmeter rating/subtract/subtract_test.go:126',
        earlier: { used: '5', billed: '50' },
        used: '10',
        charged: '50.00',
      },
    ],
  },
  {
    price: '10',
    tier: 'maximum: 100, discount: 50%',
    cases: [
      {
        id: 'min_max-004',
        origin: `${OPENMETER}/unit_test.go:235`,
        earlier: { used: '7', billed: '35' },
        used: '20',
        charged: '65.00',
      },
    ],
  },
  {
    price: '100',
    tier: 'maximum: 2000',
    cases: [{ id: 'min_max-016', origin: 'openmeter billing/invoice_test.go:2883', used: '30', charged: '2000.00' }],
  },
  {
    price: '9.997',
    tier: 'minimum: 10',
    note: 'the charge of 9.997 is shown, and compared with the minimum, as 10.00: nothing is added',
    cases: [{ id: 'commitment-014', origin: 'flexprice billing_rounding_test.go:254', used: '1', charged: '10.00' }],
  },
  {
    price: '{ model: graduated, steps: [{ amount: 0, flat: 200 }] }',
    tier: 'discount: 50%',
    note: 'a flat usage charge is the flat of the only step',
    cases: [{ id: 'discount-001', origin: 'openmeter billing/ubpflatfee_test.go:139', used: '0', charged: '100.00' }],
  },
  {
    price: '10',
    tier: 'discount: 15.5%',
    cases: [{ id: 'coupon-015', origin: 'flexprice rounding_test.go:14', used: '1', charged: '8.45' }],
  },
  {
    price: '10',
    tier: 'discount: 33.333%',
    cases: [{ id: 'coupon-016', origin: 'flexprice rounding_test.go:14', used: '1', charged: '6.67' }],
  },
  {
    price: '1',
    tier: 'discount: 0.1%',
    cases: [{ id: 'coupon-017', origin: 'flexprice rounding_test.go:14', used: '1', charged: '1.00' }],
  },

  // Included quantities
  {
    price: '1',
    tier: 'limits: { units: 10 }',
    note: 'the source tells quantities only; at a price of 1 they are the amounts',
    cases: [
      {
        id: 'included_units-001',
        origin: 'openmeter mutator/discountusage_test.go:15',
        earlier: { used: '5', billed: '0' },
        used: '15',
        charged: '10.00',
        priced: '10',
      },
      {
        id: 'included_units-002',
        origin: 'openmeter mutator/discountusage_test.go:42',
        earlier: { used: '20', billed: '10' },
        used: '15',
        charged: '15.00',
        priced: '25',
      },
    ],
  },
  {
    price: '100',
    tier: 'limits: { units: 110 }',
    cases: [
      {
        id: 'included_units-004',
        origin: 'openmeter billing/discount_test.go:269',
        earlier: { used: '50', billed: '0' },
        used: '75',
        charged: '1500.00',
        priced: '15',
      },
      {
        id: 'included_units-005',
        origin: 'openmeter billing/discount_test.go:269',
        earlier: { used: '125', billed: '1500' },
        used: '30',
        charged: '3000.00',
        priced: '45',
      },
    ],
  },

  // Graduated
  {
    price:
      '{ model: graduated, steps: [{ up_to: 0.01, amount: 0 }, { up_to: 10, amount: 10, flat: 2 }, { amount: 5, flat: 3 }] }',
    cases: [{ id: 'graduated-007', origin: 'lago-api graduated_service_spec.rb:87', used: '0', exact: '0' }],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 0.1, amount: 10 }, { up_to: 1, amount: 5 }, { amount: 2 }] }',
    cases: [{ id: 'graduated-009', origin: 'lago-api graduated_service_spec.rb:286', used: '0.5', exact: '3' }],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 0.1, amount: 0 }, { up_to: 1, amount: 5 }, { amount: 0 }] }',
    note: 'the source looks at one step alone: the ones around it are free',
    cases: [
      {
        id: 'graduated_tier-001',
        origin: 'lago-api range_graduated_service_spec.rb:84',
        used: '1.5',
        exact: '4.5',
        step: { number: 2, quantity: '0.9', exact: '4.5' },
      },
    ],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 0.1, amount: 0 }, { up_to: 2, amount: 5 }, { amount: 0 }] }',
    note: 'the source looks at one step alone: the ones around it are free',
    cases: [
      {
        id: 'graduated_tier-002',
        origin: 'lago-api range_graduated_service_spec.rb:96',
        used: '0.5',
        exact: '2',
        step: { number: 2, quantity: '0.4', exact: '2' },
      },
    ],
  },
  {
    price:
      '{ model: graduated, steps: [{ up_to: 5, flat: 100 }, { up_to: 10, flat: 50 }, { up_to: 15, amount: 5 }, { amount: 1 }] }',
    tier: 'minimum: 1000',
    cases: [
      {
        id: 'min_max-005',
        origin: `${OPENMETER}/tieredgraduated_test.go:197`,
        earlier: { used: '0', billed: '100' },
        used: '0',
        charged: '900.00',
      },
    ],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 10, amount: 50 }, { up_to: 20, amount: 40 }, { amount: 30 }] }',
    cases: [
      { id: 'graduated-020', origin: `${FLEXPRICE}:549`, used: '15', exact: '700' },
      { id: 'graduated-021', origin: `${FLEXPRICE}:549`, used: '25', exact: '1050' },
    ],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 5, amount: 0 }, { up_to: 10, amount: 2 }, { amount: 3 }] }',
    cases: [
      { id: 'graduated-024', origin: `${FLEXPRICE}:1044`, used: '5', exact: '0' },
      { id: 'graduated-026', origin: `${FLEXPRICE}:1044`, used: '10', exact: '10' },
      { id: 'graduated-027', origin: `${FLEXPRICE}:1044`, used: '11', exact: '13' },
    ],
  },
  {
    price:
      '{ model: graduated, steps: [{ up_to: 5, amount: 0, flat: 1 }, { up_to: 10, amount: 1, flat: 2 }, { amount: 2 }] }',
    cases: [
      { id: 'graduated-029', origin: `${FLEXPRICE}:1136`, used: '3', exact: '1' },
      { id: 'graduated-030', origin: `${FLEXPRICE}:1136`, used: '7', exact: '5' },
      { id: 'graduated-031', origin: `${FLEXPRICE}:1136`, used: '12', exact: '12' },
    ],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 1, amount: 10 }, { up_to: 2, amount: 20 }, { amount: 30 }] }',
    cases: [
      { id: 'graduated-032', origin: `${FLEXPRICE}:1208`, used: '0', exact: '0' },
      { id: 'graduated-033', origin: `${FLEXPRICE}:1208`, used: '1', exact: '10' },
      { id: 'graduated-034', origin: `${FLEXPRICE}:1208`, used: '2', exact: '30' },
      { id: 'graduated-035', origin: `${FLEXPRICE}:1208`, used: '3', exact: '60' },
      { id: 'graduated-036', origin: `${FLEXPRICE}:1208`, used: '2.5', exact: '45' },
    ],
  },
  {
    price: '{ model: graduated, steps: [{ amount: 1, flat: 10 }] }',
    cases: [{ id: 'graduated-038', origin: 'meteroid invoice_lines/fees.rs:319', used: '5', exact: '15' }],
  },
  {
    price: '{ model: graduated, steps: [{ up_to: 5, amount: 7 }, { up_to: 10, amount: 6.5 }, { amount: 6 }] }',
    cases: [
      { id: 'graduated-040', origin: STRIPE, used: '5', exact: '35' },
      { id: 'graduated-041', origin: STRIPE, used: '6', exact: '41.5' },
      { id: 'graduated-043', origin: STRIPE, used: '25', exact: '157.5' },
    ],
  },
  {
    price:
      '{ model: graduated, steps: [{ up_to: 5, amount: 5 }, { up_to: 10, amount: 4 }, { up_to: 15, amount: 3 }, { up_to: 20, amount: 2 }, { amount: 1 }] }',
    cases: [{ id: 'graduated-044', origin: STRIPE, used: '6', exact: '29' }],
  },
  {
    price:
      '{ model: graduated, steps: [{ up_to: 10, amount: 0.01, flat: 200 }, { up_to: 20, amount: 0.02, flat: 300 }, { amount: 0.03, flat: 400 }] }',
    note: 'a percentage of a meter that counts money is an amount for each unit of it: 1 % is 0.01',
    cases: [
      {
        id: 'graduated_percentage-001',
        origin: 'lago-api graduated_percentage_service_spec.rb:55',
        used: '0',
        exact: '200',
      },
      {
        id: 'graduated_percentage-003',
        origin: 'lago-api graduated_percentage_service_spec.rb:127',
        used: '10',
        exact: '200.1',
      },
      {
        id: 'graduated_percentage-005',
        origin: 'lago-api graduated_percentage_service_spec.rb:188',
        used: '12',
        exact: '500.14',
      },
    ],
  },

  // Blocks: with whole blocks a linear price per block is the same; parts of a block need a stair for each block
  {
    price:
      '{ model: volume, steps: [{ up_to: 1000, amount: 1, per: 100 }, { up_to: 101000, amount: 1, per: 1000 }, { amount: 0.5, per: 1000 }] }',
    note: 'whole blocks only; a step ends where the blocks of its tier and those before it end',
    cases: [
      { id: 'volume_blocks-002', origin: `${KILLBILL}:232`, used: '101000', exact: '101' },
      { id: 'volume_blocks-004', origin: `${KILLBILL}:232`, used: '300000', exact: '150' },
    ],
  },
  {
    price: '{ model: volume, steps: [{ up_to: 10, amount: 1.5 }, { up_to: 110, amount: 1 }, { amount: 0.5 }] }',
    note: 'blocks of one unit',
    cases: [{ id: 'volume_blocks-006', origin: `${KILLBILL}:305`, used: '111', exact: '55.5' }],
  },
  {
    price: stairOfBlocks([
      { size: 100, count: 10, amount: '2.95' },
      { size: 1000, count: 100, amount: '5.95' },
    ]),
    note: 'each block is a stair: a begun block is owed in full',
    cases: [{ id: 'graduated_blocks-004', origin: 'killbill TestUsageInArrear.java:91', used: '199', exact: '5.9' }],
  },
  {
    price: stairOfBlocks([
      { size: 100, count: 10, amount: '2.95' },
      { size: 1000, count: 100, amount: '5.95' },
    ]),
    file: 'timezone: America/Los_Angeles',
    note: 'each block is a stair: a begun block is owed in full',
    cases: [{ id: 'graduated_blocks-007', origin: 'killbill TestInArrearUsagePST.java', used: '85', exact: '2.95' }],
  },

  // Volume
  {
    price:
      '{ model: volume, steps: [{ up_to: 100, amount: 2, flat: 10 }, { up_to: 200, amount: 1 }, { amount: 0.5, flat: 50 }] }',
    cases: [
      { id: 'volume-002', origin: 'lago-api volume_service_spec.rb:81', used: '1', exact: '12' },
      { id: 'volume-003', origin: 'lago-api volume_service_spec.rb:97', used: '100', exact: '210' },
      { id: 'volume-005', origin: 'lago-api volume_service_spec.rb:129', used: '101', exact: '101' },
      { id: 'volume-006', origin: 'lago-api volume_service_spec.rb:145', used: '200', exact: '200' },
      { id: 'volume-007', origin: 'lago-api volume_service_spec.rb:161', used: '300', exact: '200' },
      { id: 'volume-008', origin: 'lago-api volume_service_spec.rb:213', used: '210', exact: '155' },
    ],
  },
  {
    price:
      '{ model: volume, steps: [{ up_to: 1, amount: 0 }, { up_to: 100, amount: 2, flat: 10 }, { amount: 0.5, flat: 50 }] }',
    cases: [{ id: 'volume-010', origin: 'lago-api volume_service_spec.rb:64', used: '0', exact: '0' }],
  },
  {
    price:
      '{ model: volume, steps: [{ up_to: 5, flat: 100 }, { up_to: 10, flat: 150 }, { up_to: 15, amount: 10 }, { amount: 5 }] }',
    cases: [
      { id: 'volume-013', origin: `${OPENMETER}/tieredvolume_test.go:108`, used: '3', exact: '100' },
      { id: 'volume-018', origin: `${OPENMETER}/tieredvolume_test.go:238`, used: '100', exact: '500' },
    ],
  },
  {
    price:
      '{ model: volume, steps: [{ up_to: 5, flat: 100 }, { up_to: 10, flat: 150 }, { up_to: 15, amount: 10 }, { amount: 5 }] }',
    tier: 'maximum: 100',
    cases: [{ id: 'min_max-011', origin: `${OPENMETER}/tieredvolume_test.go:409`, used: '5', charged: '100.00' }],
  },
  {
    price: '{ model: volume, steps: [{ amount: 5 }] }',
    cases: [{ id: 'volume-019', origin: `${OPENMETER}/tieredvolume_test.go:88`, used: '0', exact: '0' }],
  },
  {
    price:
      '{ model: volume, steps: [{ up_to: 5, amount: 5 }, { up_to: 10, amount: 4 }, { up_to: 15, amount: 3 }, { up_to: 20, amount: 2 }, { amount: 1 }] }',
    cases: [{ id: 'volume-029', origin: STRIPE, used: '5', exact: '25' }],
  },
  {
    price: '{ model: volume, steps: [{ up_to: 100, amount: 1 }, { up_to: 200, amount: 0.5 }, { amount: 0.25 }] }',
    cases: [{ id: 'volume-034', origin: 'meteroid invoice_lines/fees.rs:348', used: '150', exact: '75' }],
  },

  // Packages
  {
    price: '{ model: package, amount: 100, per: 10 }',
    cases: [{ id: 'package-003', origin: 'lago-api package_service_spec.rb:34', used: '121', exact: '1300' }],
  },
  {
    price: '{ model: package, amount: 15, per: 10 }',
    cases: [
      { id: 'package-009', origin: `${OPENMETER}/package_test.go:169`, used: '5', exact: '15' },
      {
        id: 'progressive-003',
        origin: `${OPENMETER}/package_test.go:195`,
        earlier: { used: '17', billed: '30' },
        used: '5',
        charged: '15.00',
      },
    ],
  },
  {
    price: '{ model: package, amount: 15, per: 10 }',
    tier: 'minimum: 100',
    cases: [{ id: 'min_max-013', origin: `${OPENMETER}/package_test.go:35`, used: '0', charged: '100.00' }],
  },
  {
    price: '{ model: package, amount: 15, per: 10 }',
    tier: 'maximum: 100',
    cases: [
      {
        id: 'min_max-014',
        origin: `${OPENMETER}/package_test.go:253`,
        earlier: { used: '60', billed: '90' },
        used: '50',
        charged: '10.00',
      },
    ],
  },
  {
    price: '{ model: package, amount: 1, per: 100 }',
    cases: [
      {
        id: 'package-001',
        origin: `${KILLBILL}:333`,
        earlier: { used: '0', billed: '1' },
        used: '401',
        charged: '4.00',
      },
      { id: 'package-012', origin: `${FLEXPRICE}:628`, used: '100', exact: '1' },
      { id: 'package-013', origin: `${FLEXPRICE}:628`, used: '150', exact: '2' },
      { id: 'package-016', origin: `${FLEXPRICE}:699`, used: '99', exact: '1' },
    ],
  },
  {
    price: '{ model: package, amount: 10, per: 5 }',
    cases: [
      { id: 'package-023', origin: 'stripe transform_quantity', used: '3', exact: '10' },
      { id: 'package-024', origin: 'stripe transform_quantity', used: '5', exact: '10' },
    ],
  },
  {
    price: '{ model: package, amount: 10, per: 60 }',
    cases: [{ id: 'package-027', origin: 'stripe transform_quantity', used: '150', exact: '30' }],
  },
  {
    price: '{ model: package, amount: 0.30, per: 1M }',
    cases: [
      {
        id: 'huge-004',
        origin: 'exact arithmetic on 2^53 + 1 units',
        used: '9007199254740993',
        exact: '2702159776.5',
      },
    ],
  },
  {
    price: '{ model: package, amount: 1, per: 10 }',
    note: 'the source counts packages; at a price of 1 that is the amount',
    cases: [
      { id: 'package_count-002', origin: `${OPENMETER}/package_test.go:299`, used: '1', exact: '1' },
      { id: 'package_count-003', origin: `${OPENMETER}/package_test.go:299`, used: '9', exact: '1' },
      { id: 'package_count-004', origin: `${OPENMETER}/package_test.go:299`, used: '10', exact: '1' },
    ],
  },
  {
    price: '{ model: package, amount: 1, per: 1M }',
    note: 'the source counts packages; at a price of 1 that is the amount',
    cases: [{ id: 'package_count-006', origin: 'cloudflare R2 pricing', used: '1000001', exact: '2' }],
  },

  // Converted units: the factor goes into the price
  {
    price: '{ model: package, amount: 10, per: 1000 }',
    note: 'a quantity divided by 1000 and rounded up is a number of packages',
    cases: [
      {
        id: 'unit_conversion-004',
        origin: `${OPENMETER}/unitconfig_rating_test.go:52`,
        earlier: { used: '1400', billed: '20' },
        used: '1300',
        charged: '10.00',
      },
    ],
  },
  {
    price: '{ model: package, amount: 1, per: 1000 }',
    note: 'a quantity divided by 1000 and rounded up is a number of packages',
    cases: [
      { id: 'unit_conversion-007', origin: 'openmeter unitconfig_test.go:59', used: '1000', exact: '1' },
      { id: 'unit_conversion-008', origin: 'openmeter unitconfig_test.go:59', used: '0', exact: '0' },
    ],
  },
  {
    price: '1.5',
    note: 'a quantity times 1.5 at a price of 1 is the quantity at a price of 1.5',
    cases: [{ id: 'unit_conversion-018', origin: 'openmeter unitconfig_test.go:37', used: '4.2', exact: '6.3' }],
  },

  // Percentages
  {
    price: '{ model: percentage, rate: 2.99% }',
    note: 'payments of 10, 80 and 10000',
    cases: [
      { id: 'percentage-006', origin: 'lago-api percentage_service_spec.rb:286', used: '10090', exact: '301.691' },
    ],
  },
];

/** A stairstep price with a stair for each block; beyond the last block nothing is added. */
function stairOfBlocks(tiers: readonly { size: number; count: number; amount: string }[]): string {
  const stairs: string[] = [];
  let [end, cents] = [0, 0];
  for (const { size, count, amount } of tiers) {
    for (let block = 0; block < count; block++) {
      end += size;
      cents += Number(amount.replace('.', ''));
      stairs.push(`{ up_to: ${end}, flat: ${(cents / 100).toFixed(2)} }`);
    }
  }
  stairs.push(`{ flat: ${(cents / 100).toFixed(2)} }`);
  return `{ model: stairstep, steps: [${stairs.join(', ')}] }`;
}
