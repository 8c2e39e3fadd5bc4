/** Cases about days, months and parts of periods. */

export type DaysCase = {
  readonly id: string;
  readonly origin: string;
  readonly zone: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
};

const CALCULATOR = 'flexprice proration/calculator_test.go';

/** Days are differences of local dates. */
export const DAYS_CASES: readonly DaysCase[] = [
  {
    id: 'proration_days-001',
    origin: `${CALCULATOR}:345`,
    zone: 'UTC',
    from: '2024-05-01T00:00:00Z',
    to: '2024-05-05T00:00:00Z',
    days: 4,
  },
  {
    id: 'proration_days-003',
    origin: `${CALCULATOR}:359`,
    zone: 'America/New_York',
    from: '2024-11-02T00:00:00Z',
    to: '2024-11-04T00:00:00Z',
    days: 2,
  },
  {
    id: 'proration_days-007',
    origin: `${CALCULATOR}:387`,
    zone: 'Europe/Berlin',
    from: '2024-05-01T08:00:00Z',
    to: '2024-05-01T17:00:00Z',
    days: 0,
  },
  // The source takes the UTC dates, two days apart; the local ones, 1 August 16:00 and 2 August 18:00, are one apart.
  {
    id: 'proration_days-009',
    origin: `${CALCULATOR}:401`,
    zone: 'America/Los_Angeles',
    from: '2024-08-01T23:00:00Z',
    to: '2024-08-03T01:00:00Z',
    days: 1,
  },
];

export type ShareCase = {
  readonly id: string;
  readonly origin: string;
  /** As for `--period`. */
  readonly covered: string;
  readonly period: string;
  readonly amount: string;
  readonly digits: number;
  readonly prorated: string;
  /** The share itself. */
  readonly share?: readonly [number, number];
};

/** Parts of periods that are no fee of a month: weeks, quarters, anchored months, negative amounts, many digits. */
export const SHARE_CASES: readonly ShareCase[] = [
  {
    id: 'proration-006',
    origin: 'lago-api subscription_service_spec.rb:423',
    covered: '2022-06-22..2022-06-27',
    period: '2022-06-20..2022-06-27',
    amount: '1.00',
    digits: 2,
    prorated: '0.71',
  },
  {
    id: 'proration-007',
    origin: 'lago-api subscription_service_spec.rb:350',
    covered: '2022-06-23..2022-06-27',
    period: '2022-06-20..2022-06-27',
    amount: '1.00',
    digits: 2,
    prorated: '0.57',
  },
  {
    id: 'proration-009',
    origin: 'lago-api upgrade_proration_spec.rb:54',
    covered: '2024-05-20..2024-06-21',
    period: '2024-04-15..2024-07-15',
    amount: '910.00',
    digits: 2,
    prorated: '320.00',
  },
  {
    id: 'proration-019',
    origin: `${CALCULATOR}:216`,
    covered: '2024-03-15..2024-04-01',
    period: '2024-03',
    amount: '-40.00',
    digits: 2,
    prorated: '-21.94',
  },
  {
    id: 'proration-028',
    origin: 'killbill TestProRation.java:179',
    covered: '2012-02-01..2012-02-15',
    period: '2012-02',
    amount: '1',
    digits: 9,
    prorated: '0.482758621',
  },
  {
    id: 'proration-029',
    origin: 'killbill TestProRation.java:192',
    covered: '2011-02-07..2011-02-15',
    period: '2011-02-07..2011-03-07',
    amount: '1',
    digits: 9,
    prorated: '0.285714286',
  },
  // The source counts seconds; from the begin of a day on it is the same.
  {
    id: 'credits_proration-001',
    origin: 'flexprice creditgrant_proration_test.go:31',
    covered: '2025-01-20..2025-02-01',
    period: '2025-01',
    amount: '100',
    digits: 8,
    prorated: '38.70967742',
    share: [12, 31],
  },
  {
    id: 'credits_proration-004',
    origin: 'flexprice creditgrant_proration_test.go:52',
    covered: '2025-01',
    period: '2025-01',
    amount: '100',
    digits: 8,
    prorated: '100.00000000',
    share: [1, 1],
  },
  {
    id: 'proration_factor-001',
    origin: 'meteroid utils/periods.rs:1026',
    covered: '2024-01-01..2024-01-16',
    period: '2024-01',
    amount: '31',
    digits: 0,
    prorated: '15',
    share: [15, 31],
  },
];

export type MonthCase = {
  readonly id: string;
  readonly origin: string;
  readonly zone: string;
  readonly at: string;
  readonly start?: string;
  readonly end: string;
};

/** The calendar month in which an instant falls. */
export const MONTH_CASES: readonly MonthCase[] = [
  {
    id: 'period-004',
    origin: 'meteroid utils/periods.rs',
    zone: 'UTC',
    at: '2024-02-01T00:00:00Z',
    start: '2024-02-01T00:00:00Z',
    end: '2024-03-01T00:00:00Z',
  },
  {
    id: 'period-017',
    origin: 'flexprice subscription_timezone_e2e_test.go:265',
    zone: 'UTC',
    at: '2026-08-18T12:00:00Z',
    end: '2026-09-01T00:00:00Z',
  },
  {
    id: 'period-019',
    origin: 'flexprice subscription_timezone_e2e_test.go:265',
    zone: 'America/Los_Angeles',
    at: '2026-08-18T12:00:00Z',
    end: '2026-09-01T07:00:00Z',
  },
];

export type AnchorCase = {
  readonly id: string;
  readonly origin: string;
  readonly starts: readonly string[];
};

/** Month after month on the day of the first; every one is clamped from that day, never from a clamped one. */
export const ANCHOR_CASES: readonly AnchorCase[] = [
  {
    id: 'period-021',
    origin: 'flexprice billing_commitment_test.go:95',
    starts: ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'],
  },
  {
    id: 'period-022',
    origin: 'flexprice billing_commitment_test.go:108',
    starts: ['2028-01-31', '2028-02-29', '2028-03-31'],
  },
];

export type MembershipCase = {
  readonly id: string;
  readonly origin: string;
  readonly period: string;
  readonly at: string;
  readonly inside: boolean;
};

export const MEMBERSHIP_CASES: readonly MembershipCase[] = [
  {
    id: 'period_membership-001',
    origin: 'orb-node resources/events/events.ts:215',
    period: '2020-12',
    at: '2020-12-01T00:00:00Z',
    inside: true,
  },
  {
    id: 'period_membership-003',
    origin: 'orb-node resources/events/events.ts:215',
    period: '2020-12',
    at: '2021-01-01T00:00:00Z',
    inside: false,
  },
];

export type AnchoredCase = {
  readonly id: string;
  readonly origin: string;
  readonly anchor: number;
  readonly at: string;
  readonly start: string;
  readonly end: string;
};

/** The period of a customer whose periods begin on a day of the month; its first instant is in it. */
export const ANCHORED_CASES: readonly AnchoredCase[] = [
  {
    id: 'period-002',
    origin: 'meteroid utils/periods.rs:928',
    anchor: 31,
    at: '2024-02-29T00:00:00Z',
    start: '2024-02-29T00:00:00Z',
    end: '2024-03-31T00:00:00Z',
  },
  {
    id: 'period-014',
    origin: 'lago-api billing_boundaries_spec.rb:143',
    anchor: 30,
    at: '2024-04-01T00:00:00Z',
    start: '2024-03-30T00:00:00Z',
    end: '2024-04-30T00:00:00Z',
  },
];
