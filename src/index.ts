/** The library: price usage from your own code with the functions that the commands use. */
export { type LoadedRateCard, loadRateCard } from './config/loadRateCard.ts';
export type { Instant } from './core/calendar.ts';
export type { Meter } from './core/catalog/meter.ts';
export type { RateCard } from './core/catalog/rateCard.ts';
export type { Charge, ContractTier, Fee, Limit, ListedTier, Tier } from './core/catalog/tier.ts';
export { Decimal } from './core/decimal.ts';
export { Fraction } from './core/fraction.ts';
export { billingProblems } from './core/invoice/billingProblems.ts';
export type { InvoiceInput } from './core/invoice/input.ts';
export type { Invoice, InvoiceLine, LineKind } from './core/invoice/invoice.ts';
export { issueInvoice } from './core/invoice/issueInvoice.ts';
export { lineKey } from './core/invoice/lineKey.ts';
export { type Currency, formatMoney, roundToMinorUnit } from './core/money.ts';
export { monthAt, type Period, parsePeriodChoice } from './core/period.ts';
export type { Problem } from './core/problem.ts';
export type { RatedLine, UsageLine } from './core/rating/line.ts';
export type { Stretch } from './core/rating/rateStretch.ts';
export type { MeteredUsage, MeterUsage, Usage, UsageLedger } from './core/usage/ledger.ts';
