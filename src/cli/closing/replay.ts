/** Makes a closed month again, and says what of its folder is not what comes out. */
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { formatInstant } from '../../core/calendar.ts';
import { type FileMark, MANIFEST_NAME, type Manifest } from '../../report/closing/manifest.ts';
import { Numbering } from '../../report/closing/numbers.ts';
import type { Io } from '../io.ts';
import { readBefore } from './before.ts';
import { type ClosedFolder, type Finding, inputOf } from './closedFolder.ts';
import { Comparison } from './comparison.ts';
import { FONTS, MonthDocuments } from './documents.ts';
import { numberer } from './making.ts';
import { LEDGER_NAME, type Month, type MonthFlags, readMonth, rowsOf, writeMonth } from './month.ts';
import { writeRestatement } from './restatement.ts';

/**
 * Reads `exports` as the closed month was read, makes its files and compares them. Without exports the ledger of the month
 * stands for them: then documents are known by their hashes alone.
 */
export async function replay(
  folder: ClosedFolder,
  exports: readonly string[],
  flags: MonthFlags,
  io: Io,
): Promise<Finding[]> {
  const { manifest, path } = folder;
  const isFromLedger = exports.length === 0;
  const month = isFromLedger ? await readFromLedger(folder, flags, io) : await readMonth(exports, flags, io);
  const comparison = new Comparison(path, isFromLedger ? OF_ROWS : NONE);
  const { totals, numbers } = await makeAgain(folder, month, {
    ...{ sink: comparison, io },
    flags: isFromLedger ? ofLedger(flags) : flags,
  });
  const { rateCard } = month.read.run;
  const facts: Partial<Manifest> = {
    period: { label: month.label, start: formatInstant(month.period.start), end: formatInstant(month.period.end) },
    timezone: rateCard.timezone,
    currency: rateCard.currency.code,
    rows: rowsOf(month.read),
    totals,
    numbers,
  };
  const wrong = Object.entries(facts).flatMap(([name, value]): Finding[] => {
    const written = manifest[name as keyof Manifest];
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(value)), written)) return [];
    const what = `${name} is ${JSON.stringify(written)}, and ${JSON.stringify(value)} is what the month has`;
    return [{ file: MANIFEST_NAME, what }];
  });
  return [...(isFromLedger ? [] : exportFindings(manifest.exports, month.marks)), ...comparison.findings, ...wrong];
}

/** A month read from its ledger in the place of its exports. */
export function readFromLedger(folder: ClosedFolder, flags: MonthFlags, io: Io): Promise<Month> {
  return readMonth([join(folder.name, LEDGER_NAME)], ofLedger(flags), io);
}

async function makeAgain(folder: ClosedFolder, month: Month, { sink, flags, io }: Making) {
  const { manifest, path } = folder;
  const { invoices, notes } = manifest.numbers;
  if (manifest.kind === 'restatement' && manifest.restates) {
    const numbering = new Numbering(notes.first ?? notes.next);
    const before = readBefore(path, 'before-');
    const about = { before, restates: manifest.restates, numbering, documents: { ...flags, ...placeOf(folder) } };
    const { totals } = await writeRestatement(month, about, sink, io);
    return { totals, numbers: { invoices, notes: numbering.series } };
  }
  const numbering = new Numbering(invoices.first ?? invoices.next);
  const documents = await MonthDocuments.of(month, sink, { ...flags, ...placeOf(folder) }, io);
  const wishes = { numberOf: numberer(numbering, month), documents };
  const totals = await writeMonth(month, sink, io, wishes).finally(() => documents?.dismiss());
  return { totals, numbers: { invoices: numbering.series, notes } };
}

/** The logo in the folder, in the place of the one that the tier file names. */
function placeOf(folder: ClosedFolder) {
  const logo = inputOf(folder, 'logo');
  const fonts = folder.manifest.files.filter(({ name }) => name.startsWith(FONTS));
  return {
    tiers: join(folder.name, MANIFEST_NAME),
    logo: logo && basename(logo),
    fonts: fonts.map(({ name }) => join(folder.name, name)),
  };
}

/** Files that a ledger does not say enough for. */
const OF_ROWS: ReadonlySet<string> = new Set(['rejects.ndjson', LEDGER_NAME]);
const NONE: ReadonlySet<string> = new Set();

/** The flags without those about rows, and without documents. */
function ofLedger(flags: MonthFlags): MonthFlags {
  const {
    map: _map,
    lookup: _lookup,
    copies: _copies,
    preset: _preset,
    customerField: _customerField,
    ...others
  } = flags;
  const { inputFormat: _inputFormat, ignoreColumn: _ignoreColumn, format: _format, ...rest } = others;
  const { inputSeparator: _inputSeparator, encoding: _encoding, ...kept } = rest;
  return kept;
}

type Making = { readonly sink: Comparison; readonly flags: MonthFlags; readonly io: Io };

/** Exports by their content: a file may have another name today. */
function exportFindings(closed: readonly FileMark[], given: readonly FileMark[]): Finding[] {
  const [before, now] = [closed, given].map((marks) => new Set(marks.map(({ sha256 }) => sha256)));
  const missing = closed.filter(({ sha256 }) => !now!.has(sha256));
  const added = given.filter(({ sha256 }) => !before!.has(sha256));
  const renamed = new Map(added.map((mark) => [mark.name, mark]));
  return [
    ...missing.map(({ name, bytes }): Finding => {
      const other = renamed.get(name);
      renamed.delete(name);
      const what = other
        ? `it is another file than the month was closed with: ${other.bytes} bytes instead of ${bytes}, or other content`
        : 'the month was closed with this export, and it is not given';
      return { file: name, what };
    }),
    ...[...renamed.keys()].map((name) => ({ file: name, what: 'the month was closed without this export' })),
  ];
}
