/** The rows behind lines as JSON (by line), as NDJSON and as CSV (a row each). Quantities are exact decimals as texts. */
import { formatInstant } from '../../core/calendar.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import { formatMoney } from '../../core/money.ts';
import { FORMAT_VERSION, preciseInstant } from '../machine.ts';
import { csvRow, indentedJson, safeJson } from '../safeText.ts';
import type { RowsFormat, RowsReport, ToldGroup, ToldOther, ToldRow } from './report.ts';
import { eventsOf, partsOf } from './words.ts';

export const rowsNdjson: RowsFormat = function* (report) {
  for (const { group, row } of report.rows()) {
    const told = report.groups[group]!;
    const { period } = told.billing.invoice;
    const head = { kind: 'row', customer: report.customer, period: formatInstant(period.start), key: told.group.key };
    yield `${safeJson({ ...head, ...rowObject(row, told, report) })}\n`;
  }
  for (const other of report.others()) yield `${safeJson({ customer: report.customer, ...otherObject(other) })}\n`;
};

export const rowsJson: RowsFormat = function* (report) {
  const { customer, currency, groups, withoutCustomer } = report;
  const head = { formatVersion: FORMAT_VERSION, customer, currency: currency.code };
  yield `${safeJson(head, 2).slice(0, -2)},\n  "lines": [`;
  let open = -1;
  let isFirst = true;
  const opened = function* (upTo: number) {
    while (open < upTo) {
      if (open >= 0) yield isFirst ? ']\n    }' : '\n      ]\n    }';
      open++;
      isFirst = true;
      const object = indentedJson(groupObject(groups[open]!, report), 4);
      yield `${open === 0 ? '' : ','}\n    ${object.slice(0, -6)},\n      "rows": [`;
    }
  };
  for (const { group, row } of report.rows()) {
    yield* opened(group);
    yield `${isFirst ? '' : ','}\n        ${indentedJson(rowObject(row, groups[group]!, report), 8)}`;
    isFirst = false;
  }
  yield* opened(groups.length - 1);
  if (open >= 0) yield isFirst ? ']\n    }' : '\n      ]\n    }';
  yield `${groups.length === 0 ? '' : '\n  '}],\n  "others": [`;
  let before = '';
  for (const other of report.others()) {
    yield `${before}\n    ${indentedJson(otherObject(other), 4)}`;
    before = ',';
  }
  yield `${before === '' ? '' : '\n  '}],\n  "rejectedWithoutCustomer": ${withoutCustomer}\n}\n`;
};

function groupObject({ billing, group, meter }: ToldGroup, { currency }: RowsReport) {
  const { invoice } = billing;
  return {
    key: group.key,
    meter: group.meter,
    unit: meter.unit,
    tier: invoice.stretches[group.stretch]!.tier,
    period: { start: formatInstant(invoice.period.start), end: formatInstant(invoice.period.end) },
    stretch: { start: formatInstant(group.period.start), end: formatInstant(group.period.end) },
    used: group.used.toString(),
    included: typeof group.included === 'number' ? null : group.included.toString(),
    charged: group.lines.map((line) => ({
      key: lineKey(line),
      step: line.step ?? null,
      quantity: line.quantity.toString(),
      price: line.price,
      amount: formatMoney(line.amount, currency),
    })),
  };
}

function rowObject(row: ToldRow, told: ToldGroup, { timezone, dimensions }: RowsReport) {
  const parts = partsOf(row, told);
  return {
    at: preciseInstant(row.at, timezone),
    file: row.file,
    line: row.line,
    id: row.id === '' ? null : row.id,
    ...(dimensions.length > 0 && {
      dimensions: Object.fromEntries(dimensions.map((name, d) => [name, row.dimensions[d]!])),
    }),
    quantity: row.quantity,
    running: row.move?.running.toString() ?? null,
    included: parts?.included.toString() ?? null,
    blocked: parts?.blocked.toString() ?? null,
    steps: parts?.lines.map(({ key, quantity }) => ({ key, quantity: quantity.toString() })) ?? null,
    events: eventsOf(row, told),
  };
}

function otherObject(other: ToldOther) {
  const { kind, file, line } = other;
  if (other.kind === 'rejected') {
    const { code, column, text, detail, raw } = other;
    const known = { column: column ?? null, text: text ?? null, detail: detail ?? null };
    return { kind, file, line, code, ...known, raw };
  }
  const { id, at, quantities } = other;
  return { kind, file, line, id, at: preciseInstant(at), quantities: Object.fromEntries(quantities) };
}

/** New columns come last, but for dimensions, which follow them. `part` is the row's quantity in the line `key`. */
const COLUMNS = [
  ...['kind', 'customer', 'period_start', 'key', 'meter', 'at', 'file', 'line', 'event_id'],
  ...['quantity', 'running', 'included', 'blocked', 'steps', 'events', 'reason'],
];

export const rowsCsv: RowsFormat = function* (report) {
  const { customer, groups, timezone, dimensions, faults } = report;
  yield csvRow([...COLUMNS, ...dimensions]);
  const heads = groups.map(({ billing, group }) => {
    const start = formatInstant(billing.invoice.period.start);
    return csvRow(['row', customer, start, group.key, group.meter]).slice(0, -1);
  });
  for (const { group, row } of report.rows()) {
    const told = groups[group]!;
    const parts = partsOf(row, told);
    const steps = parts?.lines.map(({ key, quantity }) => `${key}=${quantity}`).join(' ') ?? '';
    const at = preciseInstant(row.at, timezone);
    const running = row.move?.running.toString() ?? '';
    const [included, blocked] = [parts?.included.toString() ?? '', parts?.blocked.toString() ?? ''];
    const events = eventsOf(row, told).join(', ');
    const cells = [at, row.file, String(row.line), row.id, row.quantity, running, included, blocked, steps, events, ''];
    for (const value of row.dimensions) cells.push(value);
    yield `${heads[group]},${csvRow(cells)}`;
  }
  const rest = dimensions.map(() => '');
  for (const other of report.others()) {
    const { kind, file, line, id } = other;
    const [at, quantity, reason] =
      other.kind === 'duplicate'
        ? [preciseInstant(other.at, timezone), quantitiesText(other.quantities), 'the event has been counted']
        : ['', '', [faults[other.code], other.column, other.text, other.detail].filter((one) => one).join(' ')];
    const cells = [kind, customer, '', '', '', at, file, String(line), id, quantity, '', '', '', '', '', reason];
    yield csvRow([...cells, ...rest]);
  }
};

function quantitiesText(quantities: ReadonlyMap<string, string>): string {
  return [...quantities].map(([meter, text]) => `${meter}=${text}`).join(' ');
}
