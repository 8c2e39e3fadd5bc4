import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import type { Check } from '../../core/checks/check.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { RunNotes, RunWarning } from '../../core/invoice/runNotes.ts';
import { periodLabel } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { timelineReportOf } from '../../library/render.ts';
import { InvoiceDigest } from '../../report/invoice/digest.ts';
import {
  FORMAT_ENDINGS,
  FORMATS_OF_LINES,
  INVOICE_FORMATS,
  type InvoiceFormatName,
  invoiceSummary,
} from '../../report/invoice/index.ts';
import { invoiceResult } from '../../report/invoice/json.ts';
import { invoiceNames } from '../../report/invoice/names.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { printable } from '../../report/safeText.ts';
import type { TimelineReport } from '../../report/timeline/report.ts';
import { readBillingRun } from '../billingRun.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { command, type globalFlags } from '../command.ts';
import { compilingLightly } from '../compilingLightly.ts';
import { type FlagsOf, switchFlag } from '../flags/flag.ts';
import { billingFlags, EXPORTS, resultFlags, ruleFlags } from '../flags/groups.ts';
import { appendStepSummary, isGitHubActions, MOST_SUMMARY_BYTES } from '../github.ts';
import type { ExitCode, Io } from '../io.ts';
import { AtomicFiles, gathered, makeDirectory, writeFileAtomically, writeOut } from '../output.ts';
import { isGenerated } from '../outputs.ts';
import { ProgressLine } from '../progress.ts';
import { presentationFor, type ResultTarget, resultTarget } from '../resultTarget.ts';

const flags = {
  ...billingFlags,
  explain: switchFlag('show the arithmetic and the rows behind every line'),
  all: switchFlag('show lines of 0, too'),
  timeline: switchFlag('and when they reached a limit, from the same reading of the exports'),
  ...resultFlags(
    INVOICE_FORMATS,
    'write there; the ending chooses the format; a directory gets a file for each invoice',
  ),
  ...ruleFlags('totals.total', '<= 500'),
} as const;
type InvoiceFlags = FlagsOf<typeof flags & typeof globalFlags>;
type Target = ResultTarget<InvoiceFormatName>;

export default command({
  name: 'invoice',
  summary: 'what each customer owes',
  operands: EXPORTS,
  flags,
  examples: [
    ['invoice usage.csv --tiers tiers.yaml --customers customers.csv', 'an invoice for each customer, as a table'],
    ['invoice usage.csv --customer acme --explain', 'the arithmetic behind every line of one customer'],
    ["invoice 'exports/*.csv.gz' --period 2026-10 -o invoices/", 'a JSON file for each invoice of October'],
    ["invoice usage.csv --assert 'totals.total <= 500'", 'exit code 1 if they owe more than that together'],
  ],
  notes:
    "CSV has a row for each line, for what each credit paid and for tax: the amounts of an invoice's rows add up to its total. tier, stretch_start and stretch_end are the row's own, period is the month in the billing timezone; tax that prices include is a row of 0 with the tax in tax_included. New columns come last.",
  run: ({ operands, flags: given, io }) => invoice(operands, given, io),
});

async function invoice(exports: readonly string[], flags: InvoiceFlags, io: Io): Promise<ExitCode> {
  const rules = ruleOptions(flags);
  const target: Target = resultTarget(flags, {
    formats: INVOICE_FORMATS,
    endings: FORMAT_ENDINGS,
    inDirectory: { format: 'json', cwd: io.cwd },
  });
  refuseWhatHasNoPlace(flags, target.format);
  const explain = flags.explain === true;
  const filesEndIn = target.kind === 'directory' ? endingOf(target.format) : undefined;
  const read = await readBillingRun(exports, flags, io, {
    trace: explain,
    timeline: flags.timeline ? {} : undefined,
    filesEndIn,
  });
  const { rateCard } = read.run;
  const progress = new ProgressLine(io, io.now());
  const unchecked: InvoiceReport = {
    currency: rateCard.currency,
    timezone: rateCard.timezone,
    meters: rateCard.meters,
    rateCard,
    hasPriceLists: read.run.hasPriceLists,
    invoices: () => progress.counted(read.invoices()),
    rows: read.rows,
    notes: read.notes,
    explain,
    checks: [],
    ...(flags.timeline && { timeline: timelineReportOf(read) }),
  };
  try {
    return await compilingLightly(async () => {
      const checked = await checkedReport(unchecked, rules, io);
      progress.erase();
      await putWithSummary(checked, target, flags, io, progress);
      return verdict(checked.checks, flags, io);
    });
  } finally {
    progress.erase();
  }
}

/** Rules are about all invoices together, and may end the command before anything is put out: then invoices are kept. */
async function checkedReport(report: InvoiceReport, rules: readonly Check[], io: Io): Promise<InvoiceReport> {
  if (rules.length === 0) return report;
  const issued = await allInvoices(report, io);
  const names = invoiceNames(report.meters);
  const checks = outcomesOf(rules, { json: invoiceResult(report, issued), names });
  return { ...report, invoices: () => issued, checks };
}

/** In between, an interruption is noticed. */
async function allInvoices(report: InvoiceReport, { signal }: Io): Promise<readonly Invoice[]> {
  const issued: Invoice[] = [];
  for (const invoice of report.invoices()) {
    issued.push(invoice);
    if (issued.length % INVOICES_BETWEEN !== 0) continue;
    await nextTurn();
    signal.throwIfAborted();
  }
  return issued;
}

const INVOICES_BETWEEN = 256;

/** On GitHub the step's summary is made of the invoices that pass on their way into the result. */
async function putWithSummary(
  report: InvoiceReport,
  target: Target,
  flags: InvoiceFlags,
  io: Io,
  progress: ProgressLine,
): Promise<void> {
  if (!isGitHubActions(io)) return put(report, target, flags, io, progress);
  const digest = new InvoiceDigest(report, MOST_SUMMARY_BYTES);
  await put({ ...report, invoices: () => noted(report.invoices(), digest) }, target, flags, io, progress);
  await appendStepSummary(invoiceSummary(digest, report), io);
}

function* noted(invoices: Iterable<Invoice>, digest: InvoiceDigest): Generator<Invoice> {
  for (const invoice of invoices) {
    digest.add(invoice);
    yield invoice;
  }
}

function refuseWhatHasNoPlace({ timeline, explain }: InvoiceFlags, format: InvoiceFormatName): void {
  if (!FORMATS_OF_LINES.has(format)) return;
  const others = (Object.keys(INVOICE_FORMATS) as InvoiceFormatName[]).filter((name) => !FORMATS_OF_LINES.has(name));
  const another = `use ${others.slice(0, -1).join(', ')} or ${others.at(-1)}`;
  const problems: Problem[] = [];
  if (timeline) {
    const why = `--timeline has no place in ${format}, where every row is of an invoice`;
    const hint = `${another}, or meter timeline for the entries by themselves`;
    problems.push(usageProblem('no-place-for-timeline', why, hint));
  }
  if (explain) {
    const why = `--explain has no place in ${format}, where every row is of an invoice`;
    const hint = `${another}; without --explain, csv has what each amount was worked out from in columns`;
    problems.push(usageProblem('no-place-for-explain', why, hint));
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
}

async function put(
  report: InvoiceReport,
  target: Target,
  flags: InvoiceFlags,
  io: Io,
  progress: ProgressLine,
): Promise<void> {
  const format = INVOICE_FORMATS[target.format];
  const presentation = { ...presentationFor(target, flags, io), all: flags.all === true };
  if (target.kind === 'stdout') await writeOut(io, progress.erasedBefore(gathered(format(report, presentation))));
  else if (target.kind === 'file') await writeFileAtomically(io, target.name, format(report, presentation));
  else {
    const own = await putEach(report, target, (single) => format(single, presentation), io);
    if (!flags.quiet) io.stderr.write(formatEarlier(target, own, io));
  }
}

/** Writes a file for each invoice, all of them or none; gives their names. */
async function putEach(
  report: InvoiceReport,
  target: Target & { readonly kind: 'directory' | 'file' },
  format: (single: InvoiceReport) => Iterable<string>,
  io: Io,
): Promise<ReadonlySet<string>> {
  const made = await makeDirectory(io, target.name);
  const { fileNames } = await import('../fileNames.ts');
  const nameOf = fileNames();
  const notesFor = notesByCustomer(report.notes);
  const names = new Set<string>();
  const files = new AtomicFiles(io);
  try {
    for (const one of report.invoices()) {
      const single: InvoiceReport = {
        ...report,
        invoices: () => [one],
        notes: notesFor(one.customer),
        ...(report.timeline && { timeline: entriesOf(one, report.timeline) }),
      };
      const name = nameOf(nameBase(one, report), endingOf(target.format));
      names.add(name);
      await files.write(join(target.name, name), format(single));
    }
    files.commit();
  } catch (error) {
    await files.discard();
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
  return names;
}

function endingOf(format: InvoiceFormatName): string {
  return FORMAT_ENDINGS[format] ?? format;
}

/** Names the files that an earlier run has left in the directory: they look like a part of this one's result. */
function formatEarlier(
  { name, format }: { name: string; format: InvoiceFormatName },
  own: ReadonlySet<string>,
  io: Io,
) {
  const found = readdirSync(resolve(io.cwd, name)).sort();
  const earlier = found.filter((entry) => isGenerated(entry, endingOf(format)) && !own.has(entry));
  if (earlier.length === 0) return '';
  const shown = earlier.slice(0, MOST_EARLIER).map(printable).join(', ');
  const more = earlier.length > MOST_EARLIER ? ` and ${earlier.length - MOST_EARLIER} more` : '';
  const files = earlier.length === 1 ? '1 file' : `${earlier.length} files`;
  return `${printable(name)} holds ${files} that this run did not write: ${shown}${more}\n`;
}

const MOST_EARLIER = 10;

/** The part of a timeline that is about an invoice's customer and period. */
function entriesOf({ customer, period }: Invoice, timeline: TimelineReport): TimelineReport {
  const isOwn = (entry: TimelineEntry) => entry.customer === customer && entry.period.start === period.start;
  return { ...timeline, entries: timeline.entries.filter(isOwn) };
}

/** A run's notes without the lists of customers, which every file would repeat, and without warnings about other customers. */
function notesByCustomer({ daysWithoutRows, warnings }: RunNotes): (customer: string) => RunNotes {
  const general = warnings.filter(({ customers }) => !customers);
  const own = new Map<string, RunWarning>();
  for (const warning of warnings) for (const id of warning.customers ?? []) own.set(id, warning);
  return (customer) => {
    const about = own.get(customer);
    return { daysWithoutRows, warnings: about ? [...general, about] : general };
  };
}

function nameBase(invoice: Invoice, report: InvoiceReport): string {
  return `${invoice.customer}.${periodLabel(invoice.period, report.timezone)}`;
}
