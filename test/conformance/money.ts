/** Cases about rounding one amount, and about spreading a rounded one. */

export type RoundingCase = {
  readonly id: string;
  readonly origin: string;
  readonly currency: string;
  /** Before rounding. */
  readonly exact: string;
  readonly rounded: string;
};

const OPENMETER = 'openmeter currencyx/currency_test.go';
const FLEXPRICE = 'flexprice billing_rounding_test.go';
const CURRENCIES = 'flexprice currency_rounding_test.go:141';

export const ROUNDING_CASES: readonly RoundingCase[] = [
  { id: 'rounding-002', origin: `${OPENMETER}:13`, currency: 'USD', exact: '1.23456789', rounded: '1.23' },
  { id: 'rounding-006', origin: `${OPENMETER}:450`, currency: 'USD', exact: '1.224', rounded: '1.22' },
  { id: 'rounding-009', origin: `${OPENMETER}:450`, currency: 'USD', exact: '-1.225', rounded: '-1.23' },
  { id: 'rounding-011', origin: `${OPENMETER}:450`, currency: 'JPY', exact: '2.5', rounded: '3' },
  { id: 'rounding-012', origin: `${FLEXPRICE}:13`, currency: 'USD', exact: '10.278798', rounded: '10.28' },
  { id: 'rounding-013', origin: `${FLEXPRICE}:13`, currency: 'USD', exact: '10.275', rounded: '10.28' },
  { id: 'rounding-016', origin: `${FLEXPRICE}:13`, currency: 'USD', exact: '99.996', rounded: '100.00' },
  { id: 'rounding-018', origin: `${FLEXPRICE}:13`, currency: 'USD', exact: '0.005', rounded: '0.01' },
  { id: 'rounding-020', origin: `${FLEXPRICE}:320`, currency: 'USD', exact: '10.125', rounded: '10.13' },
  { id: 'rounding-027', origin: CURRENCIES, currency: 'USD', exact: '0.014', rounded: '0.01' },
  { id: 'rounding-028', origin: CURRENCIES, currency: 'USD', exact: '0.015', rounded: '0.02' },
  { id: 'rounding-030', origin: CURRENCIES, currency: 'USD', exact: '10.325', rounded: '10.33' },
  {
    id: 'rounding-036',
    origin: 'nango PR 7495, cost as text',
    currency: 'USD',
    exact: '0.01999999999999999872',
    rounded: '0.02',
  },
  { id: 'rounding-039', origin: 'nango PR 7495, cost as text', currency: 'USD', exact: '0.999', rounded: '1.00' },
];

export type AllocationCase = {
  readonly id: string;
  readonly origin: string;
  readonly total: string;
  readonly weights: readonly string[];
  readonly parts: readonly string[];
};

const ALLOCATION = 'openmeter currencyx/allocation_test.go';

/** In cents. */
export const ALLOCATION_CASES: readonly AllocationCase[] = [
  { id: 'allocation-001', origin: `${ALLOCATION}:17`, total: '6.00', weights: ['10', '5'], parts: ['4.00', '2.00'] },
  {
    id: 'allocation-002',
    origin: `${ALLOCATION}:33`,
    total: '0.05',
    weights: ['1', '1', '1'],
    parts: ['0.02', '0.02', '0.01'],
  },
  { id: 'allocation-004', origin: `${ALLOCATION}:108`, total: '0.01', weights: ['100', '1'], parts: ['0.01', '0.00'] },
  {
    id: 'allocation-005',
    origin: `${ALLOCATION}:123`,
    total: '100.00',
    weights: ['1', '2', '3'],
    parts: ['16.67', '33.33', '50.00'],
  },
  { id: 'allocation-006', origin: `${ALLOCATION}:224`, total: '5.00', weights: ['10', '5'], parts: ['3.33', '1.67'] },
];
