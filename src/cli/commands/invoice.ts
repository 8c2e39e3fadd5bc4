import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadRun } from '../../app/billExports.ts';
import { dimensionOf } from '../../core/breakdown/breakdown.ts';
import type { Check } from '../../core/checks/check.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { timelineReportOf } from '../../library/render.ts';
import { balancesJson } from '../../report/balances.ts';
import { InvoiceDigest } from '../../report/invoice/digest.ts';
import {
  DOCUMENT_ENDINGS,
  DOCUMENT_FORMATS,
  type DocumentFormatName,
  isElectronic,
  showsAlerts,
} from '../../report/invoice/documentFormats.ts';
import { ELECTRONIC_FORMATS, type ElectronicFormatName } from '../../report/invoice/electronic/parties.ts';
import {
  CSV_FORMATS,
  FORMAT_ENDINGS,
  INVOICE_FORMATS,
  type InvoiceFormatName,
  invoiceSummary,
} from '../../report/invoice/index.ts';
import { invoiceResult } from '../../report/invoice/json.ts';
import { invoiceNames } from '../../report/invoice/names.ts';
import type { InvoiceFormat, InvoiceReport } from '../../report/invoice/report.ts';
import type { DocumentTerms } from '../../report/invoice/sheet/sheet.ts';
import { readBillingRun } from '../billingRun.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { command, type globalFlags } from '../command.ts';
import { compilingLightly } from '../compilingLightly.ts';
import { documentFlags, refuseWithoutDocuments } from '../documents/flags.ts';
import { byFlag } from '../flags/byFlag.ts';
import { csvDialect, csvFlags, spelt } from '../flags/csv.ts';
import { type FlagsOf, fileFlag, switchFlag } from '../flags/flag.ts';
import { billingFlags, EXPORTS, resultFlags, ruleFlags } from '../flags/groups.ts';
import { appendStepSummary, isGitHubActions, MOST_SUMMARY_BYTES } from '../github.ts';
import { putEach } from '../invoiceDirectory.ts';
import { refuseClosingOfSome, refuseWhatHasNoPlace } from '../invoicePlaces.ts';
import type { ExitCode, Io } from '../io.ts';
import { putFromThreads } from '../issuing/onThreads.ts';
import { gathered, writeFileAtomically, writeOut } from '../output.ts';
import { ProgressLine } from '../progress.ts';
import { presentationFor, type ResultTarget, resultTarget } from '../resultTarget.ts';
import { putBreakdown, refuseNoPlaceForBy } from '../rowsBehind/invoiceBreakdown.ts';

/** `pdf` is made by documents/putPdf.ts, and electronic invoices by documents/putElectronic.ts: they take packages of their own. */
const OUTPUT_FORMATS = {
  ...INVOICE_FORMATS,
  pdf: true,
  ...(Object.fromEntries(ELECTRONIC_FORMATS.map((name) => [name, true])) as Record<ElectronicFormatName, true>),
} as const;
const ENDINGS: Partial<Record<FormatName, string>> = { ...FORMAT_ENDINGS, ...DOCUMENT_ENDINGS };

const flags = {
  ...billingFlags,
  closing: fileFlag('write what is left of credits, and levels as they are, there: the --opening of the next month'),
  explain: switchFlag('show the arithmetic and the rows behind every line'),
  all: switchFlag('show lines of 0, too'),
  timeline: switchFlag('and when they reached a limit, from the same reading of the exports'),
  by: byFlag,
  ...documentFlags,
  ...resultFlags(
    OUTPUT_FORMATS,
    'write there; the ending chooses the format; a directory gets a file for each invoice',
  ),
  ...csvFlags,
  ...ruleFlags('totals.total', '<= 500'),
} as const;
type InvoiceFlags = FlagsOf<typeof flags & typeof globalFlags>;
type FormatName = keyof typeof OUTPUT_FORMATS;
type Target = ResultTarget<FormatName>;

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
    formats: OUTPUT_FORMATS,
    endings: ENDINGS,
    inDirectory: { format: 'json', cwd: io.cwd },
  });
  csvDialect(flags, { format: target.format, formats: CSV_FORMATS });
  refuseWhatHasNoPlace(flags, target.format);
  refuseClosingOfSome(flags);
  refuseNoPlaceForBy(flags, target);
  refuseWithoutDocuments(flags, target.format);
  const isDocument = isOneOf(DOCUMENT_FORMATS, target.format);
  const explain = flags.explain === true;
  const filesEndIn = target.kind === 'directory' ? endingOf(target.format) : undefined;
  const read = await readBillingRun(exports, flags, io, {
    trace: explain,
    timeline: flags.timeline ? {} : hasAlerts(target.format) ? { withoutForecasts: true } : undefined,
    filesEndIn,
    closing: flags.closing,
    by: flags.by && dimensionOf(flags.by),
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
    ...(isDocument && { documents: await documentsOf(read, flags, io) }),
  };
  try {
    return await compilingLightly(async () => {
      const checked = await checkedReport(unchecked, rules, io);
      progress.erase();
      if (flags.by) await putBreakdown(read, flags.by, target, flags, io);
      else if (!(await putFromThreads(read, checked, { rules, target, progress, flags }, io)))
        await putWithSummary(checked, target, flags, io, progress);
      if (flags.closing !== undefined)
        await writeFileAtomically(io, flags.closing, balancesJson(read.closing(), rateCard.currency));
      return verdict(checked.checks, flags, io);
    });
  } finally {
    progress.erase();
  }
}

async function documentsOf(read: ReadRun, flags: InvoiceFlags, io: Io): Promise<DocumentTerms> {
  const [{ documentTermsOf }, { readLogo }] = await Promise.all([
    import('../../library/documents.ts'),
    import('../documents/logo.ts'),
  ]);
  const { logo } = read.run.rateCard.issuer ?? {};
  const fonts = flags.font && (await (await import('../documents/fonts.ts')).readFonts(flags.font, io));
  const own = { ...flags, ...(fonts && { fonts }) };
  return documentTermsOf(read, { ...own, ...(logo !== undefined && { logo: readLogo(logo, flags.tiers?.[0], io) }) });
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

async function put(
  report: InvoiceReport,
  target: Target,
  flags: InvoiceFlags,
  io: Io,
  progress: ProgressLine,
): Promise<void> {
  const { format: name } = target;
  if (isElectronic(name)) {
    const { putElectronic } = await import('../documents/putElectronic.ts');
    const invoices = await allInvoices(report, io);
    const earlier = await putElectronic(report, { ...target, format: name }, { invoices, threads: flags.threads }, io);
    if (!flags.quiet) io.stderr.write(earlier);
    return;
  }
  if (target.format === 'pdf') {
    const { putPdf } = await import('../documents/putPdf.ts');
    const invoicesOf = () => allInvoices(report, io);
    const earlier = await putPdf(report, target, { threads: flags.threads, invoicesOf }, io);
    if (!flags.quiet) io.stderr.write(earlier);
    return;
  }
  const dialect = csvDialect(flags, { format: target.format, formats: CSV_FORMATS });
  const format: InvoiceFormat = (of, shown) =>
    spelt(INVOICE_FORMATS[target.format as InvoiceFormatName](of, shown), dialect);
  const presentation = { ...presentationFor(target, flags, io), all: flags.all === true };
  if (target.kind === 'stdout') await writeOut(io, progress.erasedBefore(gathered(format(report, presentation))));
  else if (target.kind === 'file') await writeFileAtomically(io, target.name, format(report, presentation));
  else {
    const contentOf = (single: InvoiceReport) => format(single, presentation);
    const earlier = await putEach(report, { name: target.name, ending: endingOf(target.format) }, { contentOf }, io);
    if (!flags.quiet) io.stderr.write(earlier);
  }
}

function hasAlerts(format: FormatName): boolean {
  return isOneOf<DocumentFormatName>(DOCUMENT_FORMATS, format) && showsAlerts(format);
}

function endingOf(format: FormatName): string {
  return ENDINGS[format] ?? format;
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}
