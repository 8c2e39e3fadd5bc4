import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Refusal } from '../../app/refusal.ts';
import type { Currency } from '../../core/money.ts';
import { codesOf } from '../../core/problemCodes.ts';
import { groupDigits } from '../../core/quantity.ts';
import { type Note, noteTotals } from '../../report/closing/corrections.ts';
import { type FileMark, MANIFEST_NAME } from '../../report/closing/manifest.ts';
import { DOCUMENT_FORMATS } from '../../report/invoice/documentFormats.ts';
import { printable } from '../../report/safeText.ts';
import { readBefore } from '../closing/before.ts';
import {
  type ClosedFolder,
  inputOf,
  listsOf,
  openFolder,
  openIntact,
  optionsOf,
  originOf,
} from '../closing/closedFolder.ts';
import { NewFolder } from '../closing/folder.ts';
import { finish, numberingFrom } from '../closing/making.ts';
import { lookupPath, type Month, type MonthFlags, readMonth } from '../closing/month.ts';
import { writeRestatement } from '../closing/restatement.ts';
import { command, type globalFlags } from '../command.ts';
import { documentFlags, refuseFontsWithoutPdf } from '../documents/flags.ts';
import { choiceFlag, type FlagsOf, fileFlag, textFlag } from '../flags/flag.ts';
import { maxRejectsFlag, priceListsFlag, readingFlags } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { folderName, openingFrom } from './close.ts';

const { rejects, dedupeMemory, threads, strict, quiet } = readingFlags;

const flags = {
  tiers: priceListsFlag,
  customers: fileFlag('a corrected customers file (default: that of the closed month)'),
  map: fileFlag('a corrected mapping of the exports (default: that of the closed month)'),
  from: fileFlag('folder of the month before, if that was restated: its balances are the opening now'),
  numberFrom: textFlag({
    value: 'number',
    help: 'number of the first note: CN-2026-001 (default: 2026-10-C001, and on)',
  }),
  issued: documentFlags.issued,
  locale: documentFlags.locale,
  font: documentFlags.font,
  format: choiceFlag(DOCUMENT_FORMATS, { help: 'and a document for each note, as' }),
  output: fileFlag('the folder of the restatement; it must not be there', { short: 'o' }),
  ...{ maxRejects: maxRejectsFlag, rejects, dedupeMemory, threads, strict, quiet },
} as const;
type RestateFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'restate',
  summary: 'credit notes and debit notes for a closed month, from rows that came late or were corrected',
  operands: {
    name: 'closed exports',
    help: 'the folder of the closed month, and all of its exports as they are now',
    isPath: true,
  },
  flags,
  examples: [
    ['restate close/2026-10 october.csv late.csv -o restate/2026-10-1', 'rows that came after the month was closed'],
    ['restate close/2026-10 october.csv --tiers corrected.yaml -o restate/2026-10-1', 'a price that was wrong'],
  ],
  notes:
    'Tier file, customers file and mapping are those of the closed month unless others are given. Issued invoices never change: the notes are the differences to them, or, where the month was restated before, to the last restatement beside the new one. Where nothing is different, nothing is written.',
  run: ({ operands, flags: given, io }) => restate(operands, given, io),
});

async function restate([closed, ...exports]: readonly string[], flags: RestateFlags, io: Io): Promise<ExitCode> {
  refuseFontsWithoutPdf(flags, flags.format);
  const name = folderName(flags.output, `meter restate ${closed} EXPORTS -o restate/2026-10-1`);
  const folder = new NewFolder(io, name, 'give the new restatement a folder of its own');
  try {
    const base = await latestOf(await openIntact(closed!, io), dirname(name), io);
    if (!flags.quiet && base.name !== closed)
      io.stderr.write(`${printable(closed!)} was restated: this is the difference to ${printable(base.name)}\n`);
    const previous = flags.from === undefined ? undefined : await openIntact(flags.from, io);
    const monthly = { ...withOwnDocuments(monthFlagsOf(base, flags), flags), ...openingFrom(previous) };
    const place = logoPlaceOf(base, flags);
    const month = await readMonth(exports, monthly, io);
    refuseOtherMonth(month, base);
    const { manifest } = base;
    const numbering = numberingFrom(flags.numberFrom, manifest.numbers.notes, `${month.label}-C001`);
    const restates = originOf(base);
    const { totals, notes } = await writeRestatement(
      month,
      { before: readBefore(base.path), restates, numbering, documents: { ...monthly, ...place } },
      folder,
      io,
    );
    const { currency } = month.read.run.rateCard;
    if (notes.length === 0 && markOf(folder.marks, 'balances.json') === markOf(manifest.files, 'balances.json')) {
      await folder.discard();
      if (!flags.quiet) io.stderr.write(`nothing to restate: ${printable(base.name)} is what its month would be now\n`);
      return EXIT.done;
    }
    const numbers = { invoices: manifest.numbers.invoices, notes: numbering.series };
    const about = { kind: 'restatement' as const, previous: previous ? originOf(previous) : manifest.previous };
    await finish(folder, month, monthly, { ...about, restates, totals, numbers });
    if (!flags.quiet) io.stderr.write(`${printable(name)}: ${summaryOf(notes, currency)}\n`);
    return EXIT.done;
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

function markOf(marks: readonly FileMark[], file: string): string | undefined {
  return marks.find(({ name }) => name === file)?.sha256;
}

/** Without notes, the balances alone are others: a later month begins with them. */
function summaryOf(notes: readonly Note[], currency: Currency): string {
  if (notes.length === 0) return 'no notes, since no invoice is different, and other balances for the next month';
  const { credited, debited } = noteTotals(notes, currency);
  const count = notes.length === 1 ? '1 note' : `${groupDigits(String(notes.length))} notes`;
  return `${count}, ${credited} credited, ${debited} debited, ${currency.code}`;
}

/** The last of the restatements of a month that lie in `directory`; the month itself if there is none. */
async function latestOf(closed: ClosedFolder, directory: string, io: Io): Promise<ClosedFolder> {
  const path = resolve(io.cwd, directory);
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const beside = names.filter((name) => existsSync(join(path, name, MANIFEST_NAME))).sort();
  const restatements = beside.map((entry) => openFolder(join(directory, entry), io));
  let latest = closed;
  for (;;) {
    const next = restatements.find(({ manifest }) => manifest.restates?.digest === latest.digest);
    if (!next) return latest;
    latest = await openIntact(next.name, io);
  }
}

/** The flags of a run over a month that lies in a folder: its own files and options, unless others are given. */
export function monthFlagsOf(
  folder: ClosedFolder,
  given: Partial<MonthFlags> & Pick<MonthFlags, 'maxRejects'>,
): MonthFlags {
  const tiers = given.tiers ?? listsOf(folder);
  const file = (base: 'customers' | 'map' | 'lookup' | 'opening') => {
    const name = given[base] ?? inputOf(folder, base);
    return name === undefined ? {} : { [base]: name };
  };
  return {
    ...given,
    ...optionsOf(folder.manifest),
    tiers,
    ...file('customers'),
    ...file('map'),
    ...file('lookup'),
    ...file('opening'),
    ...(given.map === undefined && { copies: copiesOf(folder) }),
  };
}

/** The folder's copies of files that its mapping names. */
function copiesOf(folder: ClosedFolder): ReadonlyMap<string, string> {
  const map = inputOf(folder, 'map');
  const named = map === undefined ? [] : Object.entries(folder.manifest.lookups ?? {});
  return new Map(named.map(([file, to]) => [lookupPath(map!, file), join(folder.name, to)]));
}

/** Notes have documents and an issue date of their own, and the language of the invoices unless another is asked for. */
function withOwnDocuments({ format: _, ...monthly }: MonthFlags, { format, issued, locale }: RestateFlags): MonthFlags {
  const { issued: _issued, ...others } = monthly as MonthFlags & { issued?: unknown };
  return { ...others, ...(format && { format }), ...(issued && { issued }), ...(locale && { locale }) };
}

/** The logo that a corrected tier file names, or the closed month's. */
function logoPlaceOf(base: ClosedFolder, { tiers }: RestateFlags) {
  const logo = tiers ? undefined : inputOf(base, 'logo');
  return { tiers: tiers?.[0] ?? join(base.name, MANIFEST_NAME), logo: logo && basename(logo) };
}

function refuseOtherMonth({ read, period }: Month, { manifest, name }: ClosedFolder): void {
  const { currency, timezone } = read.run.rateCard;
  const isSame = currency.code === manifest.currency && timezone === manifest.timezone;
  if (isSame && period.start === Date.parse(manifest.period.start)) return;
  throw new Refusal('usage', [
    {
      severity: 'error',
      code: codesOf('close')('other-month'),
      message: `the tier file is in ${currency.code} and ${timezone}, and ${name} in ${manifest.currency} and ${manifest.timezone}`,
      hint: 'a month is restated in its own currency and time zone',
    },
  ]);
}
