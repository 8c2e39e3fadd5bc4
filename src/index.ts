/** The library: the use cases of the commands, the types of their results, and the functions that price usage. */

// Use cases: exports and files in, results or problems out.
export { type BillingOptions, billExports, type ReadRun, type RunWishes } from './app/billExports.ts';
export type { BillingTerms, TermsOptions } from './app/billingTerms.ts';
export { type Estimated, type Estimates, estimateFiles } from './app/estimate.ts';
export type { MeasuredTelemetry } from './app/estimateInputs.ts';
export type { EstimateOptions } from './app/estimateOptions.ts';
export type { Ports } from './app/ports.ts';
export type { ReadingOptions } from './app/readingOptions.ts';
export { type Fault, type Outcome, Refusal, resultOf } from './app/refusal.ts';
export type { ScenarioOptions } from './app/scenarios.ts';
export { type Simulated, type SimulateOptions, simulateModels } from './app/simulate.ts';
export { type UsageByDay, type UsageOptions, usageByDay } from './app/usage.ts';
export { loadCustomers } from './config/customers/loadCustomers.ts';
export { type LoadedRateCard, loadRateCard } from './config/loadRateCard.ts';
export type { Instant } from './core/calendar.ts';
export type { Meter } from './core/catalog/meter.ts';
export type { RateCard } from './core/catalog/rateCard.ts';
export type { Charge, ContractTier, Fee, Limit, ListedTier, Tier } from './core/catalog/tier.ts';
export { Decimal } from './core/decimal.ts';
export { Fraction } from './core/fraction.ts';
export { billingProblems } from './core/invoice/billingProblems.ts';
export { type BillingRun, issueInvoices } from './core/invoice/billingRun.ts';
export type { InvoiceInput } from './core/invoice/input.ts';
export type { Invoice, InvoiceLine, LineKind } from './core/invoice/invoice.ts';
export { issueInvoice } from './core/invoice/issueInvoice.ts';
export { lineKey } from './core/invoice/lineKey.ts';
export { runProblems } from './core/invoice/runProblems.ts';
export { type Currency, formatMoney, roundToMinorUnit } from './core/money.ts';
export { monthAt, type Period, parsePeriodChoice } from './core/period.ts';
export type { Problem } from './core/problem.ts';
export type { RatedLine, UsageLine } from './core/rating/line.ts';
export type { Stretch } from './core/rating/rateStretch.ts';
export type { MeteredUsage, MeterUsage, Usage, UsageLedger } from './core/usage/ledger.ts';
export { type FilePortsOptions, filePorts } from './library/filePorts.ts';
export {
  type EstimateTextFormat,
  type InvoiceLayout,
  type Layout,
  renderEstimates,
  renderInvoices,
  renderSimulation,
  renderTimeline,
} from './library/render.ts';
export type * from './library/types.ts';
