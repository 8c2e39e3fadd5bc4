/** The same routes under several price lists, a column each. */
import { type Decimal, sum } from '../../core/decimal.ts';
import type { PriceListQuote } from '../../core/estimate/priceLists.ts';
import { Fraction } from '../../core/fraction.ts';
import type { InvoiceLine } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { type Cell, columns, money, none, percent, type Row, type Table, text } from '../document.ts';
import { signedPercent } from './words.ts';

export function priceListTable(lists: readonly PriceListQuote[]): Table {
  const codes = new Set(lists.map(({ rateCard }) => rateCard.currency.code));
  const names = shortNames(lists.map(({ name }) => name));
  const heads = lists.map(({ rateCard }, i) => (codes.size > 1 ? `${names[i]}, ${rateCard.currency.code}` : names[i]!));
  const row = (label: string, cell: (list: PriceListQuote) => Cell, role?: Row['role']): Row => ({
    cells: [text(label), ...lists.map(cell)],
    ...(role && { role }),
  });
  const amountRow = (label: string, of: (line: InvoiceLine) => boolean): Row[] => {
    const isSaid = lists.some(({ quote }) => quote.invoice?.lines.some((line) => of(line) && !line.amount.isZero()));
    if (!isSaid) return [];
    return [
      row(label, ({ quote, rateCard }) => {
        const own = quote.invoice?.lines.filter(of) ?? [];
        return own.length === 0 ? none('–') : money(sum(own.map(({ amount }) => amount)), rateCard.currency);
      }),
    ];
  };
  return {
    kind: 'table',
    title: 'On other price lists',
    note: 'each on the cheapest of its tiers that takes all of this; – has no price and is in no total',
    columns: columns('', ...heads),
    rows: [
      row('tier', ({ quote }) => (quote.invoice ? text(quote.tier.name) : none('–'))),
      ...amountRow('fee', ({ kind }) => kind === 'fee'),
      ...metersIn(lists).flatMap((meter) => amountRow(meter, (line) => line.kind === 'usage' && line.meter === meter)),
      ...amountRow('discount', ({ kind }) => kind === 'discount'),
      ...amountRow('minimum and maximum', ({ kind }) => kind === 'minimum' || kind === 'maximum'),
      ...amountRow('packs', ({ kind }) => kind === 'pack'),
      ...(lists.some(({ quote }) => quote.invoice && !quote.invoice.tax.isZero())
        ? [row('tax', ({ quote, rateCard }) => (quote.invoice ? money(quote.invoice.tax, rateCard.currency) : none()))]
        : []),
      row(
        'total',
        ({ quote, rateCard }) => (quote.invoice ? money(quote.invoice.total, rateCard.currency) : none('–')),
        'total',
      ),
      ...(codes.size === 1 ? [row('', (list) => increaseCell(list, lists[0]!))] : []),
    ],
    foot: lists.flatMap(({ name, quote }) => (quote.invoice ? [] : [{ text: `${name}: ${quote.reason}` }])),
  };
}

function metersIn(lists: readonly PriceListQuote[]): string[] {
  return [
    ...new Set(
      lists.flatMap(({ quote }) =>
        (quote.invoice?.lines ?? []).flatMap((line) => (line.kind === 'usage' ? [line.meter] : [])),
      ),
    ),
  ];
}

/** Names of files without directory and ending, where they still differ. */
function shortNames(names: readonly string[]): readonly string[] {
  const short = names.map((name) => name.replace(/^.*\//, '').replace(/\.\w+$/, ''));
  return new Set(short).size === names.length ? short : names;
}

/** The difference to the first list, in per cent of that; none where it charges for something that this list has no price for. */
function increaseCell(list: PriceListQuote, first: PriceListQuote): Cell {
  const [own, base] = [list.quote.invoice?.total, first.quote.invoice?.total];
  if (!own || !base || list === first || base.isZero() || !pricesAllOf(first, list)) return none();
  const share = Fraction.of(own.minus(base), base);
  return percent(share.round(6), signedPercent(share));
}

function pricesAllOf({ quote }: PriceListQuote, list: PriceListQuote): boolean {
  const priced = new Set(metersIn([list]));
  const lines = quote.invoice?.lines ?? [];
  return lines.every((line) => line.kind !== 'usage' || line.amount.isZero() || priced.has(line.meter));
}

export function priceListObjects(lists: readonly PriceListQuote[]): Record<string, unknown>[] {
  return lists.map(({ name, rateCard, quote }) => {
    const shown = (amount: Decimal) => formatMoney(amount, rateCard.currency);
    const currency = rateCard.currency.code;
    if (!quote.invoice) return { name, currency, tier: null, total: null, reason: quote.reason };
    const { lines, tax, total } = quote.invoice;
    const of = (kind: InvoiceLine['kind']) =>
      shown(sum(lines.filter((line) => line.kind === kind).map(({ amount }) => amount)));
    const usage = new Map<string, Decimal>();
    for (const line of lines)
      if (line.kind === 'usage') usage.set(line.meter, usage.get(line.meter)?.plus(line.amount) ?? line.amount);
    return {
      ...{ name, currency, tier: quote.tier.name, total: shown(total), fee: of('fee') },
      usage: Object.fromEntries([...usage].map(([meter, amount]) => [meter, shown(amount)])),
      tax: shown(tax),
      reason: null,
    };
  });
}
