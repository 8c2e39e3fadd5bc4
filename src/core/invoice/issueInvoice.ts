/** Usage and terms in, invoice out. The same input always gives the same invoice. */
import { assert } from '../assert.ts';
import type { Tax } from '../catalog/tax.ts';
import { autoPurchasedPack } from '../credits/pack.ts';
import { type Decimal, minus, plus, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import type { Mutable } from '../mutable.ts';
import { limitWithin } from '../rating/limits.ts';
import { type RatedStretch, rateStretch, type Stretch, type StretchContext } from '../rating/rateStretch.ts';
import { checkInvoice } from './checkInvoice.ts';
import { feeLines } from './feeLines.ts';
import type { InvoiceInput } from './input.ts';
import type { BlockedUsage, Invoice, InvoiceLine, PackLine } from './invoice.ts';
import { burnDownOf } from './payFromCredit.ts';

/**
 * The invoice of one customer for one billing period.
 *
 * Fees and usage charges of every stretch, packs that were bought by themselves; credits pay for usage charges, minimum
 * included; tax is on what is left. Fails with a Bug where `billingProblems` finds a problem, or if the finished
 * invoice breaks one of its own invariants (checkInvoice.ts).
 */
export function issueInvoice(input: InvoiceInput): Invoice {
  const { rateCard, customer, period, stretches } = input;
  const { currency, timezone } = rateCard;
  assert(stretches.length > 0, () => `"${customer}" is on no tier in the period that begins at ${period.start}`);
  const rated = stretches.map((stretch, position) => rateStretch({ stretch, position, period, timezone, currency }));
  const credits = burnDownOf(input, rated);

  const lines: InvoiceLine[] = [];
  for (const [i, stretch] of stretches.entries()) {
    lines.push(...feeLines({ stretch, position: i, period, timezone, currency }), ...rated[i]!.lines);
  }
  lines.push(...packLines(credits.bought, rateCard));

  const subtotal = sum(lines.map((line) => line.amount));
  const creditsApplied = credits.drawn;
  const owed = minus(subtotal, creditsApplied);
  const taxed = taxOn(owed, input.tax ?? rateCard.tax, currency);
  const blockedUsage = rated.flatMap((one, position) =>
    blockedIn(one, { stretch: stretches[position]!, position, period, timezone, currency }),
  );
  const invoice: Mutable<Invoice> = {
    customer,
    currency,
    tier: stretches.at(-1)!.tier.name,
    period,
    usage: measured(input),
    blocked: blockedByMeter(blockedUsage, stretches),
    blockedUsage,
    stretches: stretches.map(({ tier, period: covered, list }) => {
      return { tier: tier.name, period: covered, ...(list && { list: list.name }) };
    }),
    lines,
    subtotal,
    credits: credits.uses,
    creditsApplied,
    tax: taxed.tax,
    total: plus(owed, taxed.tax),
  };
  // Put in afterwards: objects that are put together take several times as long.
  if (taxed.taxDetail) invoice.taxDetail = taxed.taxDetail;
  if (taxed.taxIncluded) invoice.taxIncluded = taxed.taxIncluded;
  checkInvoice(invoice);
  return invoice;
}

/** By meter: as given for the whole period, or what the stretches add up to. */
function measured({ usage, stretches }: InvoiceInput): Map<string, Decimal> {
  const total = new Map<string, Decimal>();
  for (const part of usage ? [usage] : stretches.map((stretch) => stretch.usage)) {
    for (const [meter, { quantity }] of part) total.set(meter, total.get(meter)?.plus(quantity) ?? quantity);
  }
  return total;
}

function blockedIn({ blocked }: RatedStretch, context: StretchContext): BlockedUsage[] {
  const { usage, tier, period, levels } = context.stretch;
  const { timezone } = context;
  return [...blocked].map(([meter, quantity]) => {
    const { quantity: used, exact, events, first, last } = usage.get(meter)!;
    const rows = { events, ...(first !== undefined && { first }), ...(last !== undefined && { last }) };
    const isLevel = levels?.has(meter) === true;
    const limit = limitWithin({ tier, stretch: period, period: context.period, timezone, isLevel }, meter)!.text;
    const usedExact = exact && { usedExact: exact };
    return { meter, stretch: context.position, used, ...usedExact, quantity, limit, rows };
  });
}

/** Blocked usage by meter: for a flow the sum over stretches, for a level the most that one of them blocked. */
function blockedByMeter(parts: readonly BlockedUsage[], stretches: readonly Stretch[]): Map<string, Fraction> {
  const blocked = new Map<string, Fraction>();
  for (const { meter, stretch, quantity } of parts) {
    const before = blocked.get(meter) ?? Fraction.ZERO;
    const isLevel = stretches[stretch]!.levels?.has(meter);
    blocked.set(meter, isLevel ? Fraction.max(before, quantity) : before.plus(quantity));
  }
  return blocked;
}

function packLines(bought: number, { currency, creditPacks }: InvoiceInput['rateCard']): PackLine[] {
  const pack = autoPurchasedPack(creditPacks);
  if (bought === 0 || !pack) return [];
  const exact = Fraction.of(pack.price.times(bought));
  const amount = roundToMinorUnit(exact, currency);
  return [
    {
      kind: 'pack',
      description: `${pack.name}, credit pack`,
      pack: pack.name,
      quantity: Fraction.of(bought),
      unitPrice: pack.price,
      exact,
      amount,
    },
  ];
}

/** Tax on what is left after credits: added to it, or, where prices include it, the part of it that is tax. */
function taxOn(
  taxable: Decimal,
  tax: Tax | undefined,
  currency: Currency,
): Pick<Invoice, 'tax' | 'taxIncluded' | 'taxDetail'> {
  if (!tax) return { tax: ZERO };
  const { share: rate, text, included, reason, category } = tax;
  const gross = Fraction.of(taxable.times(rate));
  const exact = included ? gross.dividedBy(Fraction.of(rate.plus(1))) : gross;
  const rounded = roundToMinorUnit(exact, currency);
  const why = { ...(reason !== undefined && { reason }), ...(category && { category }) };
  const taxDetail = { text, rate, base: taxable, exact, ...why };
  return included ? { tax: ZERO, taxIncluded: rounded, taxDetail } : { tax: rounded, taxDetail };
}
