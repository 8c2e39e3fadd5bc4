/** A month as it is closed: read from exports or from a closed folder, and written file by file. */
import { basename, extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BillingOptions, billExports, type ReadRun } from '../../app/billExports.ts';
import type { Ports } from '../../app/ports.ts';
import { tierFileName } from '../../app/rateCardOption.ts';
import { Refusal, resultOf, usageProblem } from '../../app/refusal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { type Period, periodLabel } from '../../core/period.ts';
import { balancesJson } from '../../report/balances.ts';
import { InvoiceLines } from '../../report/closing/invoiceLines.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import type { Source } from '../../telemetry/source.ts';
import { tellNotes } from '../billingNotes.ts';
import type { Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import type { ReadFlags } from '../readExports.ts';
import { rejectLine } from '../rejectsFile.ts';
import type { WarningFlags } from '../warnings.ts';
import { put, type Sink } from './folder.ts';
import { refuseStreams } from './hashes.ts';

export type MonthFlags = BillingOptions & WarningFlags & ReadFlags & { readonly period: string };

/** A file that the month is made with, under its name in the folder. */
type Input = { readonly name: string; readonly text: string };

export type Month = {
  readonly read: ReadRun;
  readonly period: Period;
  readonly label: string;
  readonly inputs: readonly Input[];
  readonly exports: readonly Source[];
  /** Lines of `rejects.ndjson`. */
  readonly rejects: readonly string[];
};

/** Reads a month, which `flags.period` names. Throws a Refusal. */
export async function readMonth(exports: readonly string[], flags: MonthFlags, io: Io): Promise<Month> {
  if (flags.period === 'all') throw notOneMonth();
  const rejects: string[] = [];
  const texts = new Map<string, string>();
  let sources: readonly Source[] = [];
  const onReject: ReadFlags['onReject'] = (reject) =>
    rejects.push(rejectLine({ ...reject, file: basename(reject.file) }));
  const plain = portsFor(io, { ...flags, onReject }, [{ flag: '--rejects', name: flags.rejects }]);
  const ports: Ports = {
    ...plain,
    async readText(name) {
      const text = await plain.readText(name);
      texts.set(name, text);
      return text;
    },
    async sourcesOf(names) {
      sources = await plain.sourcesOf(names);
      refuseStreams(sources);
      return sources;
    },
  };
  const { tiers = tierFileName(plain), customers, map, opening } = flags;
  const onNotes = (
    notes: Parameters<typeof tellNotes>[0],
    { defaultTier: tier }: { defaultTier?: string | undefined },
  ) => tellNotes(notes, { customersFile: customers, tier }, flags, io);
  const wishes = { trace: true, closing: true, onNotes };
  const read = resultOf(await billExports(exports, flags, ports, wishes));
  const { periods, rateCard } = read.run;
  const period = periods.kind === 'one' ? periods.period : undefined;
  const input = (base: string, name: string | undefined): Input[] =>
    name === undefined ? [] : [{ name: `${base}${endingOf(name)}`, text: texts.get(name)! }];
  return {
    read,
    period: period!,
    label: periodLabel(period!, rateCard.timezone),
    inputs: [
      ...input('tiers', tiers),
      ...input('customers', customers),
      ...input('map', map),
      ...input('opening', opening),
    ],
    exports: sources,
    rejects,
  };
}

function notOneMonth(): Refusal {
  return new Refusal('usage', [
    usageProblem('bad-period', 'all is no month that can be closed', 'close each month by itself: 2026-10'),
  ]);
}

function endingOf(name: string): string {
  const ending = extname(name).toLowerCase();
  return ['.csv', '.json', '.yml'].includes(ending) ? ending : '.yaml';
}

/** The report that formats of invoices are made from, with invoices of the caller. */
export function reportOf({ read }: Month): Omit<InvoiceReport, 'invoices'> {
  const { rateCard } = read.run;
  const { currency, timezone, meters } = rateCard;
  return { currency, timezone, meters, rateCard, rows: read.rows, notes: read.notes, explain: true, checks: [] };
}

/** Called for each invoice with the line that it has in `invoices.ndjson`. */
export type Numbered = (invoice: Invoice) => string | undefined;

/**
 * Writes the files of a month, but for the manifest. `numberOf` gives each invoice its number, in order; `seen` is told of
 * each with its texts.
 */
export async function writeMonth(
  month: Month,
  sink: Sink,
  io: Io,
  { numberOf, seen = () => undefined }: { readonly numberOf: Numbered; readonly seen?: InvoiceSeen },
): Promise<Record<string, unknown>> {
  for (const { name, text } of month.inputs) await put(sink, name, [text]);
  await put(sink, 'rejects.ndjson', month.rejects);
  const lines = new InvoiceLines(reportOf(month));
  const [invoices, focus] = [await sink.open('invoices.ndjson'), await sink.open('invoices.focus.csv')];
  await focus.write(lines.focusHeader);
  let count = 0;
  for (const invoice of month.read.invoices()) {
    const texts = lines.of(invoice, numberOf(invoice));
    await invoices.write(texts.json);
    await focus.write(texts.focus.join(''));
    seen(invoice, texts);
    if (++count % INVOICES_BETWEEN === 0) await nextTurn();
    io.signal.throwIfAborted();
  }
  await invoices.write(lines.end);
  await invoices.end();
  await focus.end();
  await put(sink, 'balances.json', balancesJson(month.read.closing(), month.read.run.rateCard.currency));
  return lines.totals;
}

export type InvoiceSeen = (
  invoice: Invoice,
  texts: { readonly json: string; readonly focus: readonly string[] },
) => void;

const INVOICES_BETWEEN = 256;
