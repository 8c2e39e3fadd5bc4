/** A row for each booking of an invoice: its lines, what each credit paid, tax. The amounts add up to the invoice's total. */
import { formatInstant, formatZoned, type Instant } from '../../core/calendar.ts';
import type { Invoice, SampleEstimate } from '../../core/invoice/invoice.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import { type Period, periodLabel } from '../../core/period.ts';
import { csvRow } from '../safeText.ts';
import { type BookingFacts, bookingsOf, factsOf } from './bookings.ts';
import type { PiecedFormat } from './report.ts';

/** New columns come last: somebody reads the file by position. With several price lists, `price_list` follows them. */
const COLUMNS = [
  ...['customer', 'period_start', 'period_end', 'tier', 'key', 'kind', 'meter', 'description'],
  ...['used', 'included', 'quantity', 'price', 'exact', 'amount', 'currency'],
  ...['period', 'stretch_start', 'stretch_end', 'step', 'dimension', 'value', 'base', 'rate', 'tax_included'],
];

/** Only of runs that rest on a sample: bounds of the invoice's total. */
const ESTIMATE_COLUMNS = ['sample_rate', 'total_lower', 'total_upper'];

export const csvPieces: PiecedFormat = {
  *head({ hasPriceLists = false, notes: { sample } }) {
    yield csvRow([...COLUMNS, ...(hasPriceLists ? ['price_list'] : []), ...(sample ? ESTIMATE_COLUMNS : [])]);
  },
  piecesUnder({ timezone, hasPriceLists = false }) {
    // The same few periods come back on every invoice, and a zone's calendar takes long.
    const times: Times = {
      label: remembered((period: Period) => periodLabel(period, timezone)),
      utc: remembered(formatInstant),
      zoned: remembered((instant: Instant) => formatZoned(instant, timezone)),
    };
    return (invoice) => {
      let rows = '';
      for (const booking of bookingsOf(invoice))
        rows += row(factsOf(booking, invoice), invoice, { times, hasPriceLists });
      return rows;
    };
  },
  between: '',
  end: () => [],
};

type Times = {
  readonly label: (period: Period) => string;
  readonly utc: (instant: Instant) => string;
  readonly zoned: (instant: Instant) => string;
};

/** Remembers texts: each is worked out once for a value or object. */
function remembered<T>(textOf: (value: T) => string): (value: T) => string {
  const known = new Map<T, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const text = textOf(value);
    known.set(value, text);
    return text;
  };
}

const MOST_REMEMBERED = 10_000;

/** In the order of `COLUMNS`. What a booking has nothing of is an empty cell. */
function row(
  facts: BookingFacts,
  { customer, period, currency, estimate }: Invoice,
  { times, hasPriceLists }: { readonly times: Times; readonly hasPriceLists: boolean },
): string {
  const { key, kind, description, exact, amount, tier, stretch, dimensions = [] } = facts;
  const { meter = '', used = '', included = '', quantity = '', base = '', rate = '', taxIncluded = '' } = facts;
  const { utc, zoned } = times;
  const price = facts.price ?? facts.unitPrice ?? '';
  const step = facts.step === undefined ? '' : String(facts.step);
  const names = listText(dimensions.map(({ name }) => name));
  const values = listText(dimensions.map(({ value }) => value));
  // One list: putting several together took longer than writing the cells.
  // biome-ignore format: a line for each line of COLUMNS
  return csvRow([
    customer, utc(period.start), utc(period.end), tier, key, kind, meter, description,
    used, included, quantity, price, exact, amount, currency.code,
    times.label(period), zoned(stretch.start), zoned(stretch.end), step, names, values, base, rate, taxIncluded,
    ...(hasPriceLists ? [facts.priceList ?? ''] : []),
    ...(estimate ? estimateCells(estimate, currency) : []),
  ]);
}

/** In the order of `ESTIMATE_COLUMNS`. */
function estimateCells({ rate, total: { lower, upper } }: SampleEstimate, currency: Currency): string[] {
  return [rate?.toFixed() ?? '', formatMoney(lower, currency), formatMoney(upper, currency)];
}

/** One text as it is, several as a JSON list. */
function listText(texts: readonly string[]): string {
  return texts.length > 1 ? JSON.stringify(texts) : (texts[0] ?? '');
}
