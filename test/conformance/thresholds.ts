/** Cases about thresholds: rows of one customer in one month, and the thresholds that they reach. */

export type ThresholdCase = {
  readonly id: string;
  readonly origin: string;
  /** Of a tier that lasts the whole month; thresholds that the source writes as quantities are shares of it here. */
  readonly limit: string;
  readonly thresholds: readonly string[];
  /** Instant and quantity, in the order in which the rows arrive. */
  readonly rows: readonly (readonly [at: string, quantity: string])[];
  /** Every threshold reached, with the instant. */
  readonly reached: readonly (readonly [threshold: string, at: string])[];
};

const CHECK_SERVICE = 'lago-api lifetime_usages/usage_thresholds/check_service_spec.rb:85';
const OPENMETER = 'openmeter notification/consumer/entitlementbalancethreshold_test.go';
const DERIVED = '80% and 100% of a limit, reached when usage is as much';
const [EARLIER, NOW] = ['2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z'];

export const THRESHOLD_CASES: readonly ThresholdCase[] = [
  {
    id: 'threshold-015',
    origin: CHECK_SERVICE,
    limit: '10',
    thresholds: ['1', '2', '3.1', '4'],
    rows: [
      [EARLIER, '21'],
      [NOW, '20'],
    ],
    reached: [
      ['1', EARLIER],
      ['2', EARLIER],
      ['3.1', NOW],
      ['4', NOW],
    ],
  },
  {
    id: 'threshold-016',
    origin: CHECK_SERVICE,
    limit: '10',
    thresholds: ['1', '2', '3.1', '4'],
    rows: [
      [EARLIER, '40'],
      [NOW, '2'],
    ],
    reached: [
      ['1', EARLIER],
      ['2', EARLIER],
      ['3.1', EARLIER],
      ['4', EARLIER],
    ],
  },
  // The source tells the highest threshold reached, and wants more than the threshold; here as much is enough. None of
  // its cases tells the two apart.
  {
    id: 'threshold-021',
    origin: `${OPENMETER}:82`,
    limit: '10',
    thresholds: ['2', '1', '3'],
    ...atOnce('25', '1', '2'),
  },
  {
    id: 'threshold-022',
    origin: `${OPENMETER}:192`,
    limit: '95',
    thresholds: ['0.5', '1', '1.1', '1.2'],
    ...atOnce('110', '0.5', '1', '1.1'),
  },
  { id: 'threshold-023', origin: `${OPENMETER}:215`, limit: '100', thresholds: ['0.5', '1'], ...atOnce('0') },
  {
    id: 'threshold-028',
    origin: `${OPENMETER}:599`,
    limit: '100',
    thresholds: ['0.5', '1', '1.5'],
    ...atOnce('90', '0.5'),
  },
  { id: 'threshold-029', origin: DERIVED, limit: '100', thresholds: ['0.8', '1'], ...atOnce('79.99') },
  { id: 'threshold-032', origin: DERIVED, limit: '100', thresholds: ['0.8', '1'], ...atOnce('100', '0.8', '1') },
  // At the time of the event that reached it, whenever its row arrives: the last row here happened before the one above.
  {
    id: 'threshold-034',
    origin: DERIVED,
    limit: '100',
    thresholds: ['0.8', '1'],
    rows: [
      ['2026-01-05T10:00:00Z', '50'],
      ['2026-01-20T10:00:00Z', '30'],
      ['2026-01-10T10:00:00Z', '30'],
    ],
    reached: [
      ['0.8', '2026-01-10T10:00:00Z'],
      ['1', '2026-01-20T10:00:00Z'],
    ],
  },
];

function atOnce(quantity: string, ...thresholds: readonly string[]): Pick<ThresholdCase, 'rows' | 'reached'> {
  return { rows: [[NOW, quantity]], reached: thresholds.map((threshold) => [threshold, NOW]) };
}
