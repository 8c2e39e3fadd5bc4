/** Cases of the collection that no test here runs, each with the reason. */
export type NotCovered = { readonly id: string; readonly reason: string };

/** What meter does not do, or does another way. */
export const NOT_COVERED: readonly NotCovered[] = [
  ...because('one invoice bills the whole period; there are no interim invoices that thresholds set off', [
    'progressive-011',
    'progressive-012',
  ]),
  ...because('a period is rated as a whole; the source rates each hour or bucket by itself and adds up', [
    'package_windowed-001',
    'package_windowed-002',
    'windowed-001',
    'windowed-002',
    'windowed-003',
    'windowed-004',
    'commitment-010',
    'commitment-011',
  ]),
  ...because('a minimum here is of the usage charges; the source commits to fee and usage together', [
    'commitment-004',
    'commitment-005',
    'commitment-006',
    'commitment-007',
  ]),
  ...because('there is one percentage discount, off usage charges; no coupons and no stack of them', [
    'coupon-003',
    'coupon-005',
    'coupon-007',
    'coupon-008',
    'coupon-009',
    'coupon-010',
    'coupon-011',
    'coupon-012',
    'coupon-019',
  ]),
  ...because('tax has one rate for the whole invoice, the source one for each line', ['tax-007']),
  ...because('credits are drawn before tax, the source draws them after', ['tax-011']),
  ...because('a maximum is of the usage charges of an invoice, the source caps one step', ['graduated-039']),
  ...because('minimum and maximum are of an invoice, the source has them for single meters', [
    'invoice_multi_meter-008',
  ]),
  ...because('a price has one meter, the source takes the highest step that any of several meters reaches', [
    'stairstep-007',
  ]),
  ...because('up_to is the inclusive end of a step, the source counts the bound into the next one', ['volume-036']),
  ...because('a percentage has no free events, and no least and most for each event', [
    'percentage-003',
    'percentage-007',
  ]),
  ...because('quantities are not weighted by the time for which they were there', [
    'prorated_graduated-001',
    'prorated_graduated-003',
    'aggregation-002',
    'aggregation-003',
    'aggregation-004',
    'aggregation-005',
    'aggregation-006',
  ]),
  ...because('quantities are never rounded', [
    'metric_rounding-001',
    'metric_rounding-002',
    'metric_rounding-004',
    'metric_rounding-005',
    'unit_conversion-010',
  ]),
  ...because('parts of a period are counted in days of the calendar, the source counts seconds', [
    'proration-011',
    'credits_proration-002',
    'credits_proration-006',
  ]),
  ...because('a month has the days it has, the source gives every month 30', ['proration-026']),
  ...because('billing periods are months', ['period-028', 'period-029', 'period-030', 'period-031', 'period-033']),
  ...because('what happens at the end of a period is in the next one, the source counts it if a plan ends there', [
    'period_membership-005',
  ]),
  ...because('an id that comes again with other content is a conflict, and its row is rejected', [
    'dedup-001',
    'dedup-003',
  ]),
  ...because('no result depends on the clock, so no row is too far in the future', ['late-002']),
  ...because('a threshold is a share of a limit, the source repeats one every so many units', [
    'threshold-005',
    'threshold-009',
    'threshold-018',
  ]),
  ...because('too little credit is no error: what it does not cover is owed', ['credits-005']),
  ...because('credits are drawn by priority, expiry, start and id; the source looks at what they cost or came from', [
    'credits-023',
    'credits-024',
  ]),
  ...because('a credit pays for nothing that was used before it began', ['credits-015']),
  ...because('anchored periods begin with a day, the source begins them at a time of day', [
    'period-006',
    'period-007',
    'period-027',
    'period-034',
  ]),
  ...because('a customer who leaves is on no tier from then on; the billing period stays what it is', ['period-036']),
];

/** What belongs to a part of meter that is not built yet, by that part. */
export const LATER: Readonly<Record<'thresholds' | 'timeline', readonly NotCovered[]>> = {
  thresholds: [
    ...because('each threshold is reached once in a period', [
      'threshold-015',
      'threshold-016',
      'threshold-029',
      'threshold-032',
    ]),
    ...because('the highest threshold reached; the source wants more than the threshold, here reaching it is enough', [
      'threshold-021',
      'threshold-022',
      'threshold-023',
      'threshold-028',
    ]),
  ],
  timeline: because('a threshold is reached at the time of an event, whenever its row arrives', ['threshold-034']),
};

function because(reason: string, ids: readonly string[]): NotCovered[] {
  return ids.map((id) => ({ id, reason }));
}
