/** Records of a ledger's cells, checked: a record that is not whole is refused. */
import { needsEveryRow } from '../../core/catalog/meter.ts';
import { instantOf } from '../../core/timestamp.ts';
import type { CellTotal, Point } from '../../core/usage/cell.ts';
import { preciseOf } from '../../core/usage/cells.ts';
import { BadRecord, type Fields, listOf, nanoseconds, positive, quantity, textOf } from './fields.ts';
import type { LedgerHeader, LedgerMeter } from './format.ts';

/** A record behind the header and the accounting: the rows of a cell, or the total of one of its meters. */
export type CellRecord = {
  readonly customer: string;
  readonly bucket: number;
  readonly dimensions: readonly string[];
} & ({ readonly rows: number } | { readonly total: RecordTotal });

export type RecordTotal = Omit<CellTotal, 'quantity'> & { readonly quantity: PlainQuantity };

/** `value` in units of 10^-`scale`, at most 15 digits of each; a text if there are more. */
export type PlainQuantity = { readonly value: number; readonly scale: number } | string;

/** Facts about a ledger that its records depend on. */
export type CellTerms = Pick<LedgerHeader, 'dimensions' | 'meters' | 'sample' | 'hasCorrections'>;

export function parseCell(fields: Fields, terms: CellTerms): CellRecord {
  const place = {
    customer: textOf(fields.customer, 'customer'),
    bucket: instantOf(nanoseconds(fields.bucket, 'bucket')),
    dimensions: listOf(fields.dimensions, 'dimensions', (value) => textOf(value, 'the value of a dimension')),
  };
  const dimensions = terms.dimensions.length;
  if (place.dimensions.length !== dimensions)
    throw new BadRecord(`it has ${place.dimensions.length} dimension values, and the header names ${dimensions}`);
  if (fields.meter === undefined) return { ...place, rows: positive(fields.rows, 'rows') };
  const name = textOf(fields.meter, 'meter');
  const meter = terms.meters.find((one) => one.name === name);
  const total = parseTotal(fields, name, terms.hasCorrections === true && meter?.aggregation === 'sum');
  const why = meter && whyNotWhole(total, meter, terms);
  if (why !== undefined) throw new BadRecord(why);
  return { ...place, total };
}

function parseTotal(fields: Fields, meter: string, mayBeNegative: boolean): RecordTotal {
  const [first, last] = [nanoseconds(fields.first, 'first'), nanoseconds(fields.last, 'last')];
  if (first > last) throw new BadRecord('its first instant is after its last');
  const { values, points, squares, own_squares: ownSquares } = fields;
  const hasSquares = squares !== undefined || ownSquares !== undefined;
  return {
    meter,
    quantity: plainQuantity(quantity(fields.quantity, 'quantity', { mayBeNegative })),
    events: positive(fields.events, 'events'),
    first: preciseOf(first),
    last: preciseOf(last),
    ...(values !== undefined && { values: listOf(values, 'values', (value) => textOf(value, 'a value')) }),
    ...(points !== undefined && { points: listOf(points, 'points', parsePoint) }),
    ...(hasSquares && {
      squares: { squares: quantity(squares, 'squares'), ownSquares: quantity(ownSquares, 'own_squares') },
    }),
  };
}

function parsePoint(value: unknown): Point {
  const [at, text] = listOf(value, 'a point', (one) => one);
  return [nanoseconds(at, 'the instant of a point'), quantity(text, 'the quantity of a point')];
}

/** True for meters whose totals have a quantity alone. */
export function isQuantity(meter: LedgerMeter, { sample }: CellTerms): boolean {
  return meter.aggregation !== 'unique' && !needsEveryRow(meter) && !(sample && meter.aggregation === 'sum');
}

/** Why a total is none of its meter; undefined: it is whole. */
export function whyNotWhole(
  { quantity, values, points, squares }: RecordTotal,
  meter: LedgerMeter,
  { sample }: CellTerms,
): string | undefined {
  const { aggregation } = meter;
  const parts = [
    ['values', values, aggregation === 'unique'],
    ['points', points, needsEveryRow(meter)],
    ['squares', squares, sample !== undefined && aggregation === 'sum'],
  ] as const;
  const wrong = parts.find(([, found, isWanted]) => (found !== undefined) !== isWanted);
  if (wrong) return `it has ${wrong[2] ? 'no' : 'needless'} ${wrong[0]}`;
  if (!values) return undefined;
  if (new Set(values).size !== values.length) return 'a value is there twice';
  const count = typeof quantity === 'string' || quantity.scale > 0 ? undefined : quantity.value;
  if (values.length === count) return undefined;
  return `it counts another number than the ${values.length} values that it lists`;
}

function plainQuantity(text: string): PlainQuantity {
  if (text.length > MOST_CHARACTERS) return text;
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return { value: Number(whole + fraction), scale: fraction.length };
}

/** Digits that a number holds exactly. */
const MOST_CHARACTERS = 15;
