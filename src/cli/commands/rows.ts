import type { Ports } from '../../app/ports.ts';
import { Refusal, resultOf, usageProblem } from '../../app/refusal.ts';
import { type RowsBehind, rowsBehind } from '../../app/rows.ts';
import { dimensionOf } from '../../core/breakdown/breakdown.ts';
import { BREAKDOWN_FORMATS } from '../../report/breakdown/index.ts';
import { ROWS_FORMATS } from '../../report/rows/index.ts';
import { tellNotes } from '../billingNotes.ts';
import { command, type globalFlags } from '../command.ts';
import { byFlag } from '../flags/byFlag.ts';
import { type FlagsOf, textFlag } from '../flags/flag.ts';
import { billingFlags, EXPORTS, resultFlags } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';
import { isArchive, putEvidence } from '../rowsBehind/evidence.ts';
import { breakdownReport, rowsReport } from '../rowsBehind/reports.ts';

const { exclude: _, ...shared } = billingFlags;

const flags = {
  ...shared,
  customer: textFlag({ value: 'id', help: 'the customer' }),
  line: textFlag({ value: 'key', help: 'only the rows behind this line: usage:egress, or one step, usage:egress:2' }),
  day: textFlag({ value: 'date', help: 'only rows of this day of the billing calendar, 2026-10-12' }),
  by: byFlag,
  ...resultFlags(
    ROWS_FORMATS,
    'write there; the ending chooses the format; a directory, or a .zip, gets all the evidence',
  ),
} as const;
type RowsFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'rows',
  summary: "the rows behind a customer's amounts, with file and line: for disputes",
  operands: EXPORTS,
  flags,
  examples: [
    ['rows usage.csv --customer acme --line usage:egress', 'rows in time order, and where each entered a step'],
    ['rows usage.csv --customer acme --by day', 'each line by day'],
    [
      'rows usage.csv --customer acme -o acme.zip',
      'an archive to send: invoice, days, rows, price list, how to replay',
    ],
  ],
  notes: 'Rows of a line add up to it: if they did not, the run would fail. A ledger has no rows, and is refused.',
  run: ({ operands, flags: given, io }) => rows(operands, given, io),
});

async function rows(exports: readonly string[], flags: RowsFlags, io: Io): Promise<ExitCode> {
  const { customer } = flags;
  if (customer === undefined) throw new Refusal('usage', [withoutCustomer()]);
  const zip = flags.output !== undefined && isArchive(flags.output) ? flags.output : undefined;
  const placed = zip === undefined ? flags : { ...flags, output: `${zip}/` };
  const target = resultTarget(placed, { formats: ROWS_FORMATS, inDirectory: { format: 'csv', cwd: io.cwd } });
  const isFolder = target.kind === 'directory';
  refuseInFolder(flags, isFolder);
  const outputs = [
    { flag: '-o', name: flags.output, ...(isFolder && zip === undefined && { filesEndIn: 'csv' }) },
    { flag: '--rejects', name: flags.rejects },
  ];
  const onNotes: Parameters<typeof rowsBehind>[3]['onNotes'] = (notes, { defaultTier: tier }) =>
    tellNotes(notes, { customersFile: flags.customers, tier }, flags, io);
  const wishes = { onNotes, trace: isFolder, by: flags.by && dimensionOf(flags.by) };
  const texts = new Map<string, string>();
  const ports = notingTexts(portsFor(io, flags, outputs), texts, flags);
  const behind: RowsBehind = resultOf(await rowsBehind(exports, { ...flags, customer }, ports, wishes));
  try {
    if (isFolder) await putEvidence(behind, { exports, flags, texts, folder: zip ?? target.name }, io);
    else {
      const presentation = presentationFor(target, flags, io);
      const pieces = flags.by
        ? BREAKDOWN_FORMATS[target.format](breakdownReport(behind, flags.by), presentation)
        : ROWS_FORMATS[target.format](rowsReport(behind), presentation);
      await putResult(target, pieces, io);
    }
  } finally {
    behind.remove();
  }
  return EXIT.done;
}

/** Notes what is read of files that are nobody's but the seller's. */
function notingTexts(ports: Ports, texts: Map<string, string>, { customers, opening, lookup }: RowsFlags): Ports {
  return {
    ...ports,
    async readText(name) {
      const text = await ports.readText(name);
      if (![customers, opening, lookup].includes(name)) texts.set(name, text);
      return text;
    },
  };
}

function withoutCustomer() {
  return usageProblem('no-customer', 'rows are those of one customer, and none is named', 'name it with --customer');
}

/** A folder is about all that a customer owes. */
function refuseInFolder({ line, day, by, format }: RowsFlags, isFolder: boolean): void {
  if (!isFolder) return;
  const given = Object.entries({ line, day, by, format }).find(([, value]) => value !== undefined);
  if (!given) return;
  const message = `--${given[0]} has no place in a folder of evidence, which has all rows and the lines by day`;
  const hint = `leave out --${given[0]}, or write one file: -o rows.csv`;
  throw new Refusal('usage', [usageProblem('no-place-in-evidence', message, hint)]);
}
