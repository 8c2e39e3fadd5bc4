/** A month as it is closed: read from exports or from a closed folder, and written file by file. */
import { basename, dirname, extname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BillingOptions, billExports, type ReadRun } from '../../app/billExports.ts';
import { monthLedger } from '../../app/monthLedger.ts';
import type { Ports } from '../../app/ports.ts';
import { Refusal, resultOf, usageProblem } from '../../app/refusal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { type Period, periodLabel } from '../../core/period.ts';
import type { RowCounts } from '../../core/usage/rowCounts.ts';
import { balancesJson } from '../../report/balances.ts';
import { InvoiceLines } from '../../report/closing/invoiceLines.ts';
import type { FileMark } from '../../report/closing/manifest.ts';
import { type DocumentFormatName, showsAlerts } from '../../report/invoice/documentFormats.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { type LedgerContent, ledgerLines } from '../../telemetry/ledger/format.ts';
import type { Source } from '../../telemetry/source.ts';
import { tellNotes } from '../billingNotes.ts';
import type { Io } from '../io.ts';
import { gathered } from '../output.ts';
import { portsFor } from '../ports.ts';
import type { ReadFlags } from '../readExports.ts';
import { rejectLine } from '../rejectsFile.ts';
import type { WarningFlags } from '../warnings.ts';
import { put, type Sink } from './folder.ts';
import { marksOf, refuseStreams } from './hashes.ts';

/** `format`: of documents for each invoice; absent: none are made. */
export type MonthFlags = BillingOptions &
  WarningFlags &
  ReadFlags & {
    readonly period: string;
    readonly format?: DocumentFormatName;
    /** Files that stand for others: those that a mapping names, where a folder has copies of them. */
    readonly copies?: ReadonlyMap<string, string>;
  };

/** A file that the month is made with, under its name in the folder. */
type Input = { readonly name: string; readonly text: string };

export type Month = {
  readonly read: ReadRun;
  readonly period: Period;
  readonly label: string;
  readonly inputs: readonly Input[];
  /** Lookup files by the names that the mapping has for them: their names in the folder. */
  readonly lookups: Readonly<Record<string, string>>;
  /** The hashes of the exports. */
  readonly marks: readonly FileMark[];
  /** Lines of `rejects.ndjson`. */
  readonly rejects: readonly string[];
  /** A text: why there is none. */
  readonly ledger: LedgerContent | string;
};

export const LEDGER_NAME = 'ledger.ndjson.gz';

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
      const text = await plain.readText(flags.copies?.get(name) ?? name);
      texts.set(name, text);
      return text;
    },
    async sourcesOf(names) {
      const found = await plain.sourcesOf(names);
      if (names !== exports) return found; // tier files, as a glob
      sources = found;
      refuseStreams(sources);
      return found;
    },
  };
  const { customers, map, lookup, opening } = flags;
  const onNotes = (
    notes: Parameters<typeof tellNotes>[0],
    { defaultTier: tier }: { defaultTier?: string | undefined },
  ) => tellNotes(notes, { customersFile: customers, tier }, flags, io);
  const wishes = {
    trace: true,
    closing: true,
    timeline: flags.format !== undefined && showsAlerts(flags.format) ? { withoutForecasts: true } : undefined,
    onNotes,
  };
  const read = resultOf(await billExports(exports, flags, ports, wishes));
  const { periods, rateCard } = read.run;
  const period = periods.kind === 'one' ? periods.period : undefined;
  const marks = await marksOf(sources, io.signal);
  const input = (base: string, name: string | undefined): Input[] =>
    name === undefined ? [] : [{ name: `${base}${endingOf(name)}`, text: texts.get(name)! }];
  const lookups = lookupFiles(read, map, lookup);
  const others = new Set([customers, map, lookup, opening, ...lookups.map(({ path }) => path)]);
  const lists = [...texts.keys()].filter((name) => !others.has(name));
  return {
    read,
    period: period!,
    label: periodLabel(period!, rateCard.timezone),
    inputs: [
      ...(read.run.hasPriceLists
        ? lists.map((name) => ownName(name, texts))
        : lists.flatMap((name) => input('tiers', name))),
      ...input('customers', customers),
      ...input('map', map),
      ...input('lookup', lookup),
      ...input('opening', opening),
      ...lookups.map(({ path, to }) => ({ name: to, text: texts.get(path)! })),
    ],
    lookups: Object.fromEntries(lookups.map(({ file, to }) => [file, to])),
    marks,
    rejects,
    ledger: monthLedger(read, marks),
  };
}

function notOneMonth(): Refusal {
  return new Refusal('usage', [
    usageProblem('bad-period', 'all is no month that can be closed', 'close each month by itself: 2026-10'),
  ]);
}

/** Price lists that follow each other keep the names of their files, by which customers are pinned to them. */
function ownName(name: string, texts: ReadonlyMap<string, string>): Input {
  return { name: `${LISTS}/${basename(name)}`, text: texts.get(name)! };
}

export const LISTS = 'tiers';

type LookupFile = { readonly file: string; readonly path: string; readonly to: string };

/** Lookup files that a mapping names, without that of `--lookup`. Files of one name in different folders get a number. */
function lookupFiles({ reading }: ReadRun, map: string | undefined, given: string | undefined): LookupFile[] {
  if (map === undefined) return [];
  const files = [...(reading.request.mapping?.lookups?.keys() ?? [])].filter((file) => file !== given);
  const taken = new Set<string>();
  return files.map((file) => {
    let own = basename(file);
    for (let n = 2; taken.has(own.toLowerCase()); n++) own = `${n}-${basename(file)}`;
    taken.add(own.toLowerCase());
    return { file, path: lookupPath(map, file), to: `lookups/${own}` };
  });
}

/** Path of a lookup file that a mapping names. */
export function lookupPath(map: string, file: string): string {
  return join(dirname(map), file);
}

function endingOf(name: string): string {
  const ending = extname(name).toLowerCase();
  return ['.csv', '.json', '.yml'].includes(ending) ? ending : '.yaml';
}

/** The report that formats of invoices are made from, with invoices of the caller. */
export function reportOf({ read }: Pick<Month, 'read'>): Omit<InvoiceReport, 'invoices'> {
  const { rateCard } = read.run;
  const { currency, timezone, meters } = rateCard;
  const { hasPriceLists } = read.run;
  const facts = { rows: rowsOf(read), notes: read.notes, explain: true, checks: [] };
  return { currency, timezone, meters, rateCard, hasPriceLists, ...facts };
}

/** Counts of rows in one order, whichever way they were counted. */
export function rowsOf({ rows }: ReadRun): RowCounts {
  const { read, rated, duplicate, outOfPeriod, filtered, rejected } = rows;
  return { read, rated, duplicate, outOfPeriod, ...(filtered !== undefined && { filtered }), rejected };
}

/** Gives an invoice its number; undefined: it has none. */
export type Numbered = (invoice: Invoice) => string | undefined;

/**
 * Writes the files of a month, but for the manifest. `numberOf` gives each invoice its number, in order; `seen` is told of
 * each with its texts.
 */
export async function writeMonth(
  month: Month,
  sink: Sink,
  io: Io,
  { numberOf, seen = () => undefined, documents }: MonthWishes,
): Promise<Record<string, unknown>> {
  for (const { name, text } of month.inputs) await put(sink, name, [text]);
  await put(sink, 'rejects.ndjson', month.rejects);
  if (typeof month.ledger !== 'string') {
    await put(sink, LEDGER_NAME, gathered(ledgerLines(month.ledger)));
  }
  const lines = new InvoiceLines(reportOf(month));
  const [invoices, focus] = [await sink.open('invoices.ndjson'), await sink.open('invoices.focus.csv')];
  await focus.write(lines.focusHeader);
  let count = 0;
  for (const invoice of month.read.invoices()) {
    const number = numberOf(invoice);
    const texts = lines.of(invoice, number);
    await documents?.add(invoice, number);
    await invoices.write(texts.json);
    await focus.write(texts.focus.join(''));
    seen(invoice, texts);
    if (++count % INVOICES_BETWEEN === 0) await nextTurn();
    io.signal.throwIfAborted();
  }
  await documents?.end();
  await invoices.write(lines.end);
  await invoices.end();
  await focus.end();
  await put(sink, 'balances.json', balancesJson(month.read.closing(), month.read.run.rateCard.currency));
  return lines.totals;
}

export type MonthWishes = {
  readonly numberOf: Numbered;
  readonly seen?: InvoiceSeen;
  readonly documents?:
    | { add(invoice: Invoice, number: string | undefined): Promise<void>; end(): Promise<void> }
    | undefined;
};
export type InvoiceSeen = (
  invoice: Invoice,
  texts: { readonly json: string; readonly focus: readonly string[] },
) => void;

const INVOICES_BETWEEN = 256;
