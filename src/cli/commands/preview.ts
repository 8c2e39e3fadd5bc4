import { type Preview, previewExports } from '../../app/preview.ts';
import { resultOf } from '../../app/refusal.ts';
import { Decimal } from '../../core/decimal.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { FORMAT_VERSION, preciseInstant } from '../../report/machine.ts';
import { plainTable } from '../../report/render/columns.ts';
import { printable, safeJson } from '../../report/safeText.ts';
import type { PreviewRow, PreviewValue } from '../../telemetry/reference/preview.ts';
import { FAULTS } from '../../telemetry/row.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag, numberFlag, withFallback } from '../flags/flag.ts';
import { EXPORTS, readingFlags, resultFlags, trimIdsFlag } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import { putResult, resultTarget } from '../resultTarget.ts';

const FORMATS = { table: textOf, json: jsonOf };

const flags = {
  tiers: fileFlag('tier file with meters (default: meter.yaml or tiers.yaml here)'),
  rows: withFallback(numberFlag('rows to show (default: 5)'), 5),
  trimIds: trimIdsFlag,
  map: readingFlags.map,
  preset: readingFlags.preset,
  customerField: readingFlags.customerField,
  lookup: readingFlags.lookup,
  inputFormat: readingFlags.inputFormat,
  inputSeparator: readingFlags.inputSeparator,
  encoding: readingFlags.encoding,
  timezone: readingFlags.timezone,
  timeUnit: readingFlags.timeUnit,
  repeatedHour: readingFlags.repeatedHour,
  multilineFields: readingFlags.multilineFields,
  ignoreColumn: readingFlags.ignoreColumn,
  quiet: readingFlags.quiet,
  ...resultFlags(FORMATS),
} as const;
type PreviewFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'preview',
  summary: 'the first rows of exports, as meter reads them: for whoever writes a mapping',
  operands: EXPORTS,
  flags,
  examples: [
    ['preview access.log --preset combined', 'whose usage each row is, when, and how much'],
    ['preview export.ndjson --map m.yaml --rows 20', 'which rows a mapping filters, and why'],
  ],
  run: ({ operands, flags: given, io }) => preview(operands, given, io),
});

/** Rows that are rejected are shown with their reason, and are no failure. */
async function preview(exports: readonly string[], given: PreviewFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(given, { formats: FORMATS });
  const outputs = [{ flag: '-o', name: given.output }];
  const found = resultOf(await previewExports(exports, given, portsFor(io, given, outputs)));
  await putResult(target, FORMATS[target.format](found), io);
  return EXIT.done;
}

function* textOf({ rows, meters }: Preview): Generator<string> {
  const units = new Map(meters.map(({ name, unit }) => [name, unit]));
  for (const [i, row] of rows.entries()) {
    const place = printable(`${row.file}:${row.line}`);
    if (row.kind === 'filtered') yield `${place}: filtered: ${printable(filteredFor(row))}\n`;
    else if (row.kind === 'rejected') yield `${place}: rejected: ${printable(rejectedFor(row))}\n`;
    else yield `${place}\n${tableOf(row, units)}`;
    if (row.kind === 'counted' && i < rows.length - 1) yield '\n';
  }
}

type Of<Kind> = Extract<PreviewRow, { readonly kind: Kind }>;

function tableOf(row: Of<'counted'>, units: ReadonlyMap<string, string>): string {
  const { customer, instant, id, source, dimensions, quantities } = row;
  const shown = [
    [customer, customer.text],
    [instant, preciseInstant(instant.nanoseconds)],
    [id, id.text],
    ...(source.text === '' ? [] : [[source, source.text] as const]),
    ...dimensions.map((value) => [value, value.text] as const),
    ...quantities.map((value) => [value, quantityText(value, units.get(value.name)!)] as const),
  ] as const;
  const cells = shown.map(([{ name, field }, text]) => [`  ${name}`, text === '' ? '–' : text, field].map(printable));
  return plainTable(cells, ['left', 'left', 'left']);
}

function quantityText({ text }: PreviewValue, unit: string): string {
  if (!/^\d+(\.\d+)?$/.test(text)) return text;
  const exact = new Decimal(text);
  return unit === 'B' ? `${exact.toFixed()} B` : unit === 's' ? `${exact.toFixed()} s` : formatQuantity(exact, unit);
}

function filteredFor({ field, text }: Of<'filtered'>): string {
  return text === '' ? `${field} has no value` : `${field} is ${text}`;
}

function rejectedFor({ fault: { code, column, text, detail }, raw }: Of<'rejected'>): string {
  const what = [column, text === undefined ? undefined : `"${text}"`, detail].filter((part) => part !== undefined);
  return `${FAULTS[code]}: ${what.length > 0 ? what.join(' ') : raw}`;
}

function* jsonOf({ rows }: Preview): Generator<string> {
  yield `${safeJson({ formatVersion: FORMAT_VERSION, rows: rows.map(rowObject) }, 2)}\n`;
}

function rowObject(row: PreviewRow) {
  const { file, line, kind } = row;
  if (row.kind === 'filtered') return { file, line, kind, field: row.field, text: row.text };
  if (row.kind === 'rejected') return { file, line, kind, ...row.fault, raw: row.raw };
  const nothing = (text: string) => (text === '' ? null : text);
  const byName = (values: readonly PreviewValue[]) =>
    Object.fromEntries(values.map(({ name, text }) => [name, nothing(text)]));
  return {
    ...{ file, line, kind },
    customer: row.customer.text,
    instant: preciseInstant(row.instant.nanoseconds),
    id: nothing(row.id.text),
    source: nothing(row.source.text),
    dimensions: byName(row.dimensions),
    quantities: byName(row.quantities),
  };
}
