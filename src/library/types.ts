/** The types that the library's functions and results mention, so that a program can name each of them. */
export type { TelemetryOnce } from '../app/estimate.ts';
export type { MappingOptions } from '../app/mappingOption.ts';
export type { LoadedCustomers } from '../config/customers/loadCustomers.ts';
export type { ListNames } from '../config/customers/pin.ts';
export type {
  Given,
  RegionShare,
  RouteDraft,
  RoutesFile,
  RouteVariant,
  Settings,
  TrafficRates,
} from '../config/edge/drafts.ts';
export type { Path, TextTree, YamlFile } from '../config/yamlFile.ts';
export type { CalendarDate } from '../core/calendar.ts';
export type { AccountKind, Accounts } from '../core/catalog/accounts.ts';
export type { AutoPurchaseTerms, CreditGrant, CreditPack } from '../core/catalog/credit.ts';
export type { Assignment, Customer, PriceList, TermsInForce, Unpriced } from '../core/catalog/customer.ts';
export type { FeeYears, UnusedMonths } from '../core/catalog/feeYears.ts';
export type { Resolved } from '../core/catalog/idPattern.ts';
export type { Aggregation, PercentileTerms, WeightingTerms } from '../core/catalog/meter.ts';
export type { BillTo, ElectronicAddress, Issuer, Party } from '../core/catalog/party.ts';
export type { Condition, RowFilter } from '../core/catalog/rowFilter.ts';
export type { Tax, TaxCategory } from '../core/catalog/tax.ts';
export type { Beyond, Charges, DimensionCharge, LimitBase, Plan, SingleCharge } from '../core/catalog/tier.ts';
export type { Check, CheckOutcome } from '../core/checks/check.ts';
export type {
  Comparison as CheckComparison,
  Expression,
  FunctionName,
  Segment,
  Sides as CheckSides,
} from '../core/checks/expression.ts';
export type { CreditUse } from '../core/credits/burnDown.ts';
export type { Balance } from '../core/credits/grant.ts';
export type { Operand, Rounding } from '../core/decimal.ts';
export type { PartCost } from '../core/estimate/attribute.ts';
export type { BreakEven } from '../core/estimate/breakEven.ts';
export type { Comparison, RouteChange, Snapshot } from '../core/estimate/compare.ts';
export type { EdgeConfig, EdgeRoute, Middleware, Origin, RouteInput, Traffic } from '../core/estimate/edge.ts';
export type { Estimate, MiddlewareCost, RouteCost, TierQuote } from '../core/estimate/estimate.ts';
export type { LimitForecast } from '../core/estimate/limits.ts';
export type { Note } from '../core/estimate/note.ts';
export type { PriceListQuote } from '../core/estimate/priceLists.ts';
export type { Amounts, EstimatedMeter, Part } from '../core/estimate/project.ts';
export type { Blocked, Quote } from '../core/estimate/quotes.ts';
export type { TrafficBase, TrafficRate } from '../core/estimate/traffic.ts';
export type { Balances, CreditAccount, CreditSums, CustomerBalances, ValueInForce } from '../core/invoice/balances.ts';
export type { BlockedUsage, FeeLine, PackLine, SampleEstimate, TaxDetail } from '../core/invoice/invoice.ts';
export type { LimitUse } from '../core/invoice/limitUse.ts';
export type { CustomersBeside, RunNotes } from '../core/invoice/runNotes.ts';
export type { PeriodChoice } from '../core/period.ts';
export type { ModelName, Price } from '../core/pricing/index.ts';
export type { CostPart, PriceModel, RatedStep, RatingContext } from '../core/pricing/model.ts';
export type { UnitAmount } from '../core/pricing/unitAmount.ts';
export type { ProblemSource, Severity } from '../core/problem.ts';
export type { Area, CodeOf, ProblemCode, Shared, SharedCode, SharedOf } from '../core/problemCodes.ts';
export type { UnitFamily } from '../core/quantity.ts';
export type { BoundLine, DimensionValue, DiscountLine, LineAmount } from '../core/rating/line.ts';
export type { Alarm } from '../core/simulation/alarm.ts';
export type { Cause } from '../core/simulation/behaviour.ts';
export type { BillTable } from '../core/simulation/bills.ts';
export type { AccountOutcomes, Collected, Gains } from '../core/simulation/collect.ts';
export type { Signup } from '../core/simulation/conversion.ts';
export type { Crew, PlainJob, Queue } from '../core/simulation/crew.ts';
export type { AccountDelta, DeltaSummary } from '../core/simulation/deltas.ts';
export type { EngineChoice } from '../core/simulation/engine.ts';
export type { Hashes } from '../core/simulation/hashes.ts';
export type { Population, PopulationReport } from '../core/simulation/histories.ts';
export type { MeasuredArm } from '../core/simulation/measures.ts';
export type { Money } from '../core/simulation/money.ts';
export type { AnnualSummary, CostBreakdown, PriceChangeSummary, RateName, Rates } from '../core/simulation/outcomes.ts';
export type { Answer, ParameterSpec } from '../core/simulation/parameterSpec.ts';
export type { Behaviour, BehaviourName, CostName, Costs, Parameters } from '../core/simulation/parameters.ts';
export type { PartResult } from '../core/simulation/part.ts';
export type { Interval, MeasureName, Measures, Ranked } from '../core/simulation/ranking.ts';
export type { SampleSize } from '../core/simulation/sample.ts';
export type {
  AnnualTerms,
  FreeTier,
  Grandfathering,
  Policies,
  PolicyName,
  Scenario,
  Switches,
} from '../core/simulation/scenario.ts';
export type { Flip, ParameterEffect, Sensitivity } from '../core/simulation/sensitivity.ts';
export type {
  BillSummary,
  EqualTerms,
  PolicyWorth,
  ScenarioOutcome,
  SimulationResult,
  WorthMeasured,
} from '../core/simulation/simulate.ts';
export type { SimulationInput } from '../core/simulation/simulationInput.ts';
export type { Uncertainty } from '../core/simulation/uncertainty.ts';
export type { Verdict } from '../core/simulation/verdict.ts';
export type { WeeklyNrr, Window } from '../core/simulation/weeklyNrr.ts';
export type { Letter, TimeFormat } from '../core/timeFormat.ts';
export type { EntryKind, Forecast, RateExcess, Resolution, TimelineEntry } from '../core/timeline/entry.ts';
export type { PreciseInstant, RepeatedHour, TimeUnit } from '../core/timestamp.ts';
export type { Buckets } from '../core/usage/buckets.ts';
export type { CellTotal, LedgerCell, Point } from '../core/usage/cell.ts';
export type { CounterReport } from '../core/usage/counters/book.ts';
export type { Finding, FindingKind } from '../core/usage/counters/findings.ts';
export type { Reading } from '../core/usage/counters/increases.ts';
export type { KnownReading, SeriesName } from '../core/usage/counters/series.ts';
export type { FloatColumn, MissingDimension, RunWarning } from '../core/usage/exportNotes.ts';
export type { FieldForm, Matcher, RowCondition, TextStep, UrlPart } from '../core/usage/fieldForm.ts';
export type { DimensionUsage } from '../core/usage/ledger.ts';
export type { LedgerRow, RowPlace } from '../core/usage/mapLedger.ts';
export type { FieldSource, MappedFormat, Mapping, MeterSource, Role } from '../core/usage/mapping.ts';
export type { LineForm, LogFormat, PathStep, RecordForm } from '../core/usage/recordForm.ts';
export type { RowCounts } from '../core/usage/rowCounts.ts';
export type { RowTerms, Sample } from '../core/usage/rowTerms.ts';
export type { DayRange, RowsByBucket } from '../core/usage/rowTimes.ts';
export type { Interval as SampleInterval } from '../core/usage/sample/interval.ts';
export type { EstimateFormatName } from '../report/estimate/index.ts';
export type {
  EstimatePresentation,
  EstimateReport,
  EstimatesFormat,
  EstimatesReport,
} from '../report/estimate/report.ts';
export type { Reason } from '../report/invoice/correctionReasons.ts';
export type { ExplanationWords } from '../report/invoice/explanationWords.ts';
export type { InvoiceFormatName } from '../report/invoice/index.ts';
export type { InvoiceFormat, InvoiceReport, Presentation } from '../report/invoice/report.ts';
export type { Language } from '../report/invoice/sheet/language.ts';
export type { DocumentTerms, FontFile, Logo } from '../report/invoice/sheet/sheet.ts';
export type { SheetTexts } from '../report/invoice/sheet/texts.ts';
export type { SheetWords } from '../report/invoice/sheet/words.ts';
export type { TerminalPresentation } from '../report/render/terminal.ts';
export type { SimulationFormatName } from '../report/simulation/index.ts';
export type { SimulationFormat, SimulationReport } from '../report/simulation/report.ts';
export type { Style } from '../report/style.ts';
export type { TimelineFormatName } from '../report/timeline/index.ts';
export type { TimelineFormat, TimelineReport } from '../report/timeline/report.ts';
export type { EngineTable, Login } from '../telemetry/engine/table.ts';
export type { Scratch, ScratchUse } from '../telemetry/fast/scratch.ts';
export type { Spooled } from '../telemetry/fast/spool.ts';
export type { FileState } from '../telemetry/fileState.ts';
export type { Delimiter, InputFormat } from '../telemetry/formats.ts';
export type { InputFailure } from '../telemetry/inputFailure.ts';
export type { LedgerSource } from '../telemetry/ledger/format.ts';
export type { OutsideFault } from '../telemetry/outsideFault.ts';
export type {
  CustomerResolver,
  CustomerSpan,
  LedgersRead,
  Progress,
  ReadRequest,
  ReadResult,
  Reject,
  SlowReason,
} from '../telemetry/reader.ts';
export type { Fault as RowFault, FaultCode } from '../telemetry/row.ts';
export type { Encoding, OpenSource, Source } from '../telemetry/source.ts';
export type { SpooledPipes } from '../telemetry/spooledPipes.ts';
export type { ZipEntry } from '../telemetry/zipDirectory.ts';
