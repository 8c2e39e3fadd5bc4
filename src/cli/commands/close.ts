import { join } from 'node:path';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { groupDigits } from '../../core/quantity.ts';
import { DOCUMENT_FORMATS } from '../../report/invoice/documentFormats.ts';
import { printable } from '../../report/safeText.ts';
import { type ClosedFolder, openIntact, originOf } from '../closing/closedFolder.ts';
import { MonthDocuments } from '../closing/documents.ts';
import { NewFolder } from '../closing/folder.ts';
import { finish, numberer, numberingFrom, ownStart } from '../closing/making.ts';
import { type MonthFlags, readMonth, writeMonth } from '../closing/month.ts';
import { command, type globalFlags } from '../command.ts';
import { documentFlags, refuseFontsWithoutPdf } from '../documents/flags.ts';
import { choiceFlag, type FlagsOf, fileFlag } from '../flags/flag.ts';
import { billingFlags } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';

const { period: _period, customer: _customer, ...monthFlags } = billingFlags;

const flags = {
  ...monthFlags,
  from: fileFlag('folder of the month before, closed or restated: its balances are the opening'),
  ...documentFlags,
  format: choiceFlag(DOCUMENT_FORMATS, { help: 'and a document for each invoice, as' }),
  output: fileFlag('the folder of the closed month; it must not be there', { short: 'o' }),
} as const;
type CloseFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'close',
  summary: 'a month as a folder that proves itself: invoices, balances, inputs and hashes',
  operands: { name: 'month exports', help: 'the month, 2026-10, and the usage exports behind it', isPath: true },
  flags,
  examples: [
    ['close 2026-09 september.csv --customers customers.yaml -o close/2026-09', 'the first month'],
    ['close 2026-10 october.csv --customers customers.yaml --from close/2026-09 -o close/2026-10', 'the next one'],
  ],
  notes:
    'Invoices are numbered from --number-from, on from those of --from, or from 2026-10-0001. The folder is written beside its place and renamed: it is there whole or not at all, and is never changed. meter verify replays it, meter restate makes credit notes and debit notes of what has become different since.',
  run: ({ operands, flags: given, io }) => close(operands, given, io),
});

async function close([period, ...exports]: readonly string[], flags: CloseFlags, io: Io): Promise<ExitCode> {
  const name = folderName(flags.output, 'meter close 2026-10 EXPORTS -o close/2026-10');
  refuseTwoOpenings(flags);
  refuseFontsWithoutPdf(flags, flags.format);
  if (exports.length === 0) throw withoutExports(period!);
  const instead = `to correct it: meter restate ${name} EXPORTS -o restate/${period}-1`;
  const folder = new NewFolder(io, name, instead);
  try {
    const previous = flags.from === undefined ? undefined : await openIntact(flags.from, io);
    const monthly: MonthFlags = { ...flags, period: period!, ...openingFrom(previous) };
    const month = await readMonth(exports, monthly, io);
    const series = previous?.manifest.numbers;
    const isOwnSeries = series?.invoices.next.startsWith(`${previous!.manifest.period.label}-`);
    const invoices = numberingFrom(flags.numberFrom, isOwnSeries ? undefined : series?.invoices, ownStart(month));
    const documents = await MonthDocuments.of(month, folder, { ...flags, tiers: flags.tiers?.[0] }, io);
    const wishes = { numberOf: numberer(invoices, month), documents };
    const totals = await writeMonth(month, folder, io, wishes).finally(() => documents?.dismiss());
    const notes = { next: `${month.label}-C001` };
    const about = { kind: 'close' as const, previous: previous ? originOf(previous) : null, totals };
    await finish(folder, month, monthly, { ...about, numbers: { invoices: invoices.series, notes } });
    if (!flags.quiet) io.stderr.write(documents?.missing ?? '');
    if (!flags.quiet) io.stderr.write(summaryOf(name, totals, month.read.run.rateCard.currency.code));
    return EXIT.done;
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** `usage`: a command line that has one. */
export function folderName(output: string | undefined, example: string): string {
  if (output !== undefined && output !== '-') return output;
  throw new Refusal('usage', [
    usageProblem('no-folder', 'nothing says where the folder is to be', `name it: ${example}`),
  ]);
}

/** The opening balances of a month that follows a closed one. */
export function openingFrom(previous: ClosedFolder | undefined): { readonly opening?: string } {
  return previous ? { opening: join(previous.name, 'balances.json') } : {};
}

function refuseTwoOpenings({ from, opening }: CloseFlags): void {
  if (from === undefined || opening === undefined) return;
  const hint = 'keep --from';
  throw new Refusal('usage', [usageProblem('two-openings', '--from and --opening both give the balances', hint)]);
}

function withoutExports(period: string): Refusal {
  const hint = `write the month and its exports: meter close ${period} october.csv -o close/${period}`;
  return new Refusal('usage', [usageProblem('no-exports', `no export is named behind ${printable(period)}`, hint)]);
}

function summaryOf(name: string, { invoices, total }: Record<string, unknown>, currency: string): string {
  const count = invoices === 1 ? '1 invoice' : `${groupDigits(String(invoices))} invoices`;
  return `${printable(name)}: ${count}, ${groupDigits(String(total))} ${currency}\n`;
}
