/** The rows behind lines for a terminal: a table for each line, in pieces of some hundred rows. */
import type { Decimal } from '../../core/decimal.ts';
import type { Fraction } from '../../core/fraction.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import { periodLabel } from '../../core/period.ts';
import { groupDigits } from '../../core/quantity.ts';
import { preciseInstant } from '../machine.ts';
import { plainTable } from '../render/columns.ts';
import { printable } from '../safeText.ts';
import { counted, moneyText } from '../words.ts';
import type { RowsFormat, RowsReport, ToldGroup, ToldOther, ToldRow } from './report.ts';
import { eventsOf, partsOf, whereText } from './words.ts';

const ROWS_AT_ONCE = 500;

export const rowsTable: RowsFormat = function* (report) {
  const { groups } = report;
  let open = -1;
  let held: string[][] = [];
  const flushed = function* () {
    if (held.length > 0) yield plainTable(held, ['left', 'left', 'left', 'right', 'right', 'left']);
    held = [];
  };
  const opened = function* (upTo: number) {
    while (open < upTo) {
      yield* flushed();
      if (open >= 0) yield `${lineTexts(groups[open]!, report).join('')}\n`;
      open++;
      yield headText(groups[open]!, report);
      held = [HEADS];
    }
  };
  for (const { group, row } of report.rows()) {
    yield* opened(group);
    held.push(cellsOf(row, groups[group]!, report));
    if (held.length >= ROWS_AT_ONCE) yield* flushed();
  }
  yield* opened(groups.length - 1);
  yield* flushed();
  if (open >= 0) yield lineTexts(groups[open]!, report).join('');
  yield* othersText(report);
};

const HEADS = ['  when', 'where', 'event', 'quantity', 'so far', ''];

function headText({ billing, group, meter }: ToldGroup, { customer, timezone }: RowsReport): string {
  const { period, stretches } = billing.invoice;
  const zone = timezone === 'UTC' ? '' : `, ${timezone}`;
  const tier = stretches[group.stretch]!.tier;
  const unit = meter.unit === '' ? '' : `, in ${meter.unit}`;
  return `${printable(`${customer}  ${group.key}  ${tier}, ${periodLabel(period, timezone)}${zone}${unit}`)}\n`;
}

function cellsOf(row: ToldRow, told: ToldGroup, { timezone }: RowsReport): string[] {
  const parts = partsOf(row, told);
  const events = eventsOf(row, told);
  const where = parts ? whereText(parts, shown) : '';
  return [
    `  ${preciseInstant(row.at, timezone)}`,
    printable(`${row.file}:${row.line}`),
    printable(row.id),
    /^-?\d+(\.\d+)?$/.test(row.quantity) ? groupDigits(row.quantity) : printable(row.quantity),
    row.move ? shown(row.move.running) : '–',
    [where, ...events.map((event) => `← ${event}`)].join('  '),
  ];
}

/** The sum, and what came of it. */
function lineTexts({ group, only }: ToldGroup, { currency }: RowsReport): string[] {
  const money = (amount: Decimal) => `${moneyText(amount, currency)} ${currency.code}`;
  const used = `  used ${shown(group.used)} in ${counted(group.events, 'row')}`;
  const included = typeof group.included === 'number' ? ', all of it included' : `, ${shown(group.included)} included`;
  const lines = group.lines
    .filter((_, i) => only === undefined || i === only)
    .map((line) => `  ${printable(lineKey(line))}: ${shown(line.quantity)} at ${line.price}: ${money(line.amount)}\n`);
  return [`${used}${included}\n`, ...lines];
}

function* othersText({ others, faults, withoutCustomer, customer, groups }: RowsReport): Generator<string> {
  let isFirst = true;
  for (const other of others()) {
    if (isFirst) yield `${groups.length > 0 ? '\n' : ''}${printable(customer)}  rows that do not count\n`;
    isFirst = false;
    yield `  ${printable(`${other.file}:${other.line}`)}  ${printable(otherText(other, faults))}\n`;
  }
  if (withoutCustomer > 0)
    yield `${isFirst && groups.length > 0 ? '\n' : ''}${counted(withoutCustomer, 'rejected row')} without a readable customer, of whomever: meter invoice --rejects FILE has them\n`;
}

function otherText(other: ToldOther, faults: RowsReport['faults']): string {
  if (other.kind === 'duplicate') {
    const quantities = [...other.quantities].map(([meter, text]) => `${meter} ${text}`).join(', ');
    return `duplicate: event ${other.id} has been counted (${quantities})`;
  }
  const { code, column, text, detail, raw } = other;
  const what = [column, text === undefined ? undefined : `"${text}"`, detail].filter((part) => part !== undefined);
  return `rejected: ${faults[code]}: ${what.length > 0 ? what.join(' ') : raw}`;
}

function shown(quantity: Fraction): string {
  return groupDigits(quantity.toString());
}
