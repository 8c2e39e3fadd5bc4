/** Results of use cases as text, in the formats of the command line. */
import type { ReadRun } from '../app/billExports.ts';
import type { Estimated, Estimates } from '../app/estimate.ts';
import type { Simulated } from '../app/simulate.ts';
import { issueInvoices } from '../core/invoice/billingRun.ts';
import { withSampleBounds } from '../core/invoice/sampleBounds.ts';
import { dailyUsage } from '../core/timeline/daily.ts';
import { ESTIMATE_FORMATS, type EstimateFormatName } from '../report/estimate/index.ts';
import type { EstimateReport } from '../report/estimate/report.ts';
import { INVOICE_FORMATS, type InvoiceFormatName } from '../report/invoice/index.ts';
import { assumptionsOf } from '../report/simulation/assumptions.ts';
import { SIMULATION_FORMATS, type SimulationFormatName } from '../report/simulation/index.ts';
import { PLAIN } from '../report/style.ts';
import { TIMELINE_FORMATS, type TimelineFormatName } from '../report/timeline/index.ts';
import type { TimelineReport } from '../report/timeline/report.ts';
import { estimateWarnings } from './estimateWarnings.ts';

/** Layout of a text. */
export type Layout = {
  /** Columns of a line, only of `table`; absent: Infinity, nothing is cut. */
  readonly columns?: number;
};

export type InvoiceLayout = Layout & {
  /** Show the arithmetic and the rows behind each line; the run must have been read with `trace`. */
  readonly explain?: boolean;
  /** Show lines of amount 0, too. */
  readonly all?: boolean;
};

/**
 * The invoices of a run, in pieces of text to be written one after the other: a million invoices never stand in memory at
 * once. The invoices are issued while the pieces are taken.
 */
export function renderInvoices(
  { run, rows, notes }: ReadRun,
  format: InvoiceFormatName,
  { columns = Number.POSITIVE_INFINITY, explain = false, all = false }: InvoiceLayout = {},
): Iterable<string> {
  const { rateCard } = run;
  const { currency, timezone, meters } = rateCard;
  const invoices = () => withSampleBounds(run, issueInvoices(run));
  const { hasPriceLists } = run;
  const report = { currency, timezone, meters, rateCard, hasPriceLists, invoices, rows, notes, explain, checks: [] };
  return INVOICE_FORMATS[format](report, { style: PLAIN, columns, all });
}

/** The entries of a timeline, in pieces of text; none if the run was read without `timeline`. */
export function renderTimeline(run: ReadRun, format: TimelineFormatName, layout: Layout = {}): Iterable<string> {
  return TIMELINE_FORMATS[format](timelineReportOf(run), presentationOf(layout));
}

/** Formats of estimates. The HTML page belongs to the command line. */
export type EstimateTextFormat = Exclude<EstimateFormatName, 'html'>;

/** One or more estimates, in pieces of text, without the rules (`checks`) of their files. */
export function renderEstimates(
  { estimates }: Estimates,
  format: EstimateTextFormat,
  layout: Layout = {},
): Iterable<string> {
  const reports = estimates.map(estimateReportOf);
  return ESTIMATE_FORMATS[format]({ reports, checks: [], notes: [] }, presentationOf(layout));
}

/** A simulation, in pieces of text. */
export function renderSimulation(
  { input, isShippedBehaviour, ...simulated }: Simulated,
  format: SimulationFormatName,
  layout: Layout = {},
): Iterable<string> {
  const report = {
    ...simulated,
    isShippedBehaviour,
    checks: [],
    assumptions: assumptionsOf(input, isShippedBehaviour),
  };
  return SIMULATION_FORMATS[format](report, presentationOf(layout));
}

/** The report of an estimate, without its checks. */
export function estimateReportOf({ file, traffic, busiestSecond, warnings, ...estimated }: Estimated): EstimateReport {
  return {
    name: file.name,
    ...estimated,
    checks: [],
    warnings: [...warnings, ...estimateWarnings(estimated.estimate, { file, traffic, busiestSecond })],
    notes: file.notes,
  };
}

/** The report of a run with a timeline. */
export function timelineReportOf({ run, rows, notes, entries }: ReadRun): TimelineReport {
  const { currency, timezone, meters } = run.rateCard;
  return {
    currency,
    timezone,
    meters,
    entries,
    rows,
    notes,
    dailyUsage: (customer, period, meter) => dailyUsage(run.ledger, { customer, period, meter, timezone }),
  };
}

function presentationOf({ columns = Number.POSITIVE_INFINITY }: Layout) {
  return { style: PLAIN, columns };
}
