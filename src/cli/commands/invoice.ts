import { readdirSync, rmSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { issueInvoices } from '../../core/invoice/billingRun.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { RunNotes, RunWarning } from '../../core/invoice/runNotes.ts';
import { periodLabel } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { FORMAT_ENDINGS, INVOICE_FORMATS, type InvoiceFormatName } from '../../report/invoice/index.ts';
import { invoiceResult } from '../../report/invoice/json.ts';
import { invoiceNames } from '../../report/invoice/names.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { printable } from '../../report/safeText.ts';
import { PLAIN } from '../../report/style.ts';
import type { TimelineReport } from '../../report/timeline/report.ts';
import { type BillingFlags, readBillingRun } from '../billingRun.ts';
import { outcomesOf, type RuleFlags, ruleOptions, verdict } from '../checks.ts';
import { styleFor } from '../colour.ts';
import { compilingLightly } from '../compilingLightly.ts';
import { CommandFailure, usageProblem } from '../failure.ts';
import { appendStepSummary, isGitHubActions } from '../github.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { AtomicFiles, gathered, makeDirectory, writeFileAtomically, writeOut } from '../output.ts';
import { isGenerated } from '../outputs.ts';
import { ProgressLine } from '../progress.ts';
import { columnsOf } from '../resultTarget.ts';
import { timelineReportOf } from '../timelineReport.ts';

export type InvoiceFlags = BillingFlags &
  RuleFlags & {
    readonly format?: InvoiceFormatName;
    readonly explain?: boolean;
    readonly all?: boolean;
    readonly timeline?: boolean;
  };

export async function invoice(exports: readonly string[], flags: InvoiceFlags, io: Io): Promise<ExitCode> {
  const rules = ruleOptions(flags);
  const target = targetOf(flags, io);
  refuseWhatHasNoPlace(flags, target.format);
  const explain = flags.explain === true;
  const read = await readBillingRun(exports, flags, io, {
    trace: explain,
    timeline: flags.timeline ? {} : undefined,
    filesEndIn: target.kind === 'directory' ? endingOf(target.format) : undefined,
  });
  const { run, rows, notes } = read;
  const { rateCard } = run;
  const unchecked: InvoiceReport = {
    currency: rateCard.currency,
    timezone: rateCard.timezone,
    meters: rateCard.meters,
    rateCard,
    invoices: () => issueInvoices(run),
    rows,
    notes,
    explain,
    checks: [],
    ...(flags.timeline && { timeline: timelineReportOf(read) }),
  };
  const names = invoiceNames(rateCard.meters);
  // Rules are about all invoices together: they are kept, and put out from there.
  const issued = rules.length === 0 ? undefined : await allInvoices(unchecked, io);
  const known: InvoiceReport = issued ? { ...unchecked, invoices: () => issued } : unchecked;
  const checks = issued ? outcomesOf(rules, { json: invoiceResult(known), names }) : [];
  const report: InvoiceReport = { ...known, checks };
  const progress = new ProgressLine(io, io.now());
  const counted: InvoiceReport = { ...report, invoices: () => progress.counted(report.invoices()) };
  try {
    await compilingLightly(() => put(counted, target, flags, io, progress));
  } finally {
    progress.erase();
  }
  if (isGitHubActions(io)) await appendStepSummary(INVOICE_FORMATS.md(report, PRESENTATION_OF_SUMMARY), io);
  return verdict(checks, flags, io);
}

/** All of them at once; in between, an interruption is noticed. */
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

const PRESENTATION_OF_SUMMARY = { style: PLAIN, columns: 80, all: false };

/** Formats in which every row is a part of an invoice: they have no place for entries of a timeline, or for texts. */
const ROWS_OF_LINES: ReadonlySet<string> = new Set(['csv', 'focus']);

function refuseWhatHasNoPlace({ timeline, explain }: InvoiceFlags, format: InvoiceFormatName): void {
  if (!ROWS_OF_LINES.has(format)) return;
  const problems: Problem[] = [];
  if (timeline) {
    const why = `--timeline has no place in ${format}, where every row is of an invoice`;
    const hint = 'use table, json, ndjson or md, or meter timeline for the entries by themselves';
    problems.push(usageProblem('no-place-for-timeline', why, hint));
  }
  if (explain) {
    const why = `--explain has no place in ${format}, where every row is of an invoice`;
    const hint =
      'use table, md, json or ndjson; without --explain, csv has what each amount was worked out from in columns';
    problems.push(usageProblem('no-place-for-explain', why, hint));
  }
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
}

type Target =
  | { readonly kind: 'stdout'; readonly format: InvoiceFormatName }
  | { readonly kind: 'file' | 'directory'; readonly name: string; readonly format: InvoiceFormatName };

/** Where the result goes and as what: `--format` wins, then the name's ending, then a table (in a directory: JSON). */
function targetOf(flags: InvoiceFlags, io: Io): Target {
  if (flags.output === undefined || flags.output === '-') return { kind: 'stdout', format: flags.format ?? 'table' };
  const path = resolve(io.cwd, flags.output);
  const isDirectory = flags.output.endsWith('/') || isDirectoryThere(path);
  if (isDirectory) return { kind: 'directory', name: flags.output, format: flags.format ?? 'json' };
  const format = flags.format ?? formatOfName(path);
  if (format === undefined) {
    const endings = FORMAT_NAMES.filter((name) => name !== 'table').map((name) => FORMAT_ENDINGS[name] ?? name);
    const problem = usageProblem(
      'unknown-ending',
      `the ending of ${flags.output} does not tell a format`,
      `use .${endings.join(', .')} or .txt, or name one with --format`,
    );
    throw new CommandFailure(EXIT.usage, [problem]);
  }
  return { kind: 'file', name: flags.output, format };
}

function formatOfName(path: string): InvoiceFormatName | undefined {
  const name = path.toLowerCase();
  return name.endsWith('.focus.csv') ? 'focus' : FORMAT_OF_ENDING.get(extname(name).slice(1));
}

const FORMAT_NAMES = Object.keys(INVOICE_FORMATS) as InvoiceFormatName[];
const FORMAT_OF_ENDING: ReadonlyMap<string, InvoiceFormatName> = new Map<string, InvoiceFormatName>([
  ...FORMAT_NAMES.map((name) => [name, name] as const),
  ['txt', 'table'],
  ['markdown', 'md'],
  ['jsonl', 'ndjson'],
]);

function isDirectoryThere(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // whatever is the matter with it will show when it is written
  }
}

async function put(
  report: InvoiceReport,
  target: Target,
  flags: InvoiceFlags,
  io: Io,
  progress: ProgressLine,
): Promise<void> {
  const format = INVOICE_FORMATS[target.format];
  const isTerminal = target.kind === 'stdout';
  const presentation = {
    style: styleFor(io, isTerminal ? io.stdout : {}, isTerminal ? flags : { color: false }),
    columns: isTerminal ? columnsOf(io) : Number.POSITIVE_INFINITY,
    all: flags.all === true,
  };
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
