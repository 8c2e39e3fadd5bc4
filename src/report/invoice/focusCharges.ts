/**
 * An invoice as FOCUS charges, whose billed costs add up to its total.
 *
 * The invoice rounds each line, FOCUS wants costs that are the product of a quantity and a unit price: usage is billed
 * here as it is before rounding, and one adjustment makes up the difference.
 *
 * A purchase must have no effective cost of its own (it belongs to what the purchase is used for), so a fee gets it in a
 * charge beside it, and a credit pack when its credit is drawn or lost. Effective costs thus tell what each month cost,
 * billed costs what is paid in it.
 */
import { assert } from '../../core/assert.ts';
import type { CreditPack } from '../../core/catalog/credit.ts';
import { groupingName, groupOf } from '../../core/catalog/grouping.ts';
import type { CreditUse } from '../../core/credits/burnDown.ts';
import { type Decimal, ONE, sum, ZERO } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Invoice, InvoiceLine } from '../../core/invoice/invoice.ts';
import { dimensionKey, lineKey } from '../../core/invoice/lineKey.ts';
import { roundToMinorUnit } from '../../core/money.ts';
import type { Period } from '../../core/period.ts';
import type { CostPart } from '../../core/pricing/model.ts';
import type { DimensionValue, UsageLine } from '../../core/rating/line.ts';
import { baseUnit, pricedPart, shownQuantity } from './focusUnits.ts';
import type { InvoiceReport } from './report.ts';

export type FocusCharge = {
  readonly category: 'Usage' | 'Purchase' | 'Credit' | 'Tax' | 'Adjustment';
  readonly frequency: 'Usage-Based' | 'Recurring' | 'One-Time';
  readonly description: string;
  /** The line of the invoice, or the part of its sums, that it comes from. */
  readonly key: string;
  readonly period: Period;
  readonly tier?: string | undefined;
  /** Amount payable. */
  readonly billed: Decimal;
  /** Before discounts. */
  readonly list: Decimal;
  /** After discounts. */
  readonly contracted: Decimal;
  /** With purchases spread over what they are used for. */
  readonly effective: Decimal;
  readonly pricing?: {
    readonly sku: string;
    readonly skuPrice: string;
    readonly skuMeter: string;
    readonly details: Readonly<Record<string, string>>;
    readonly quantity: Decimal;
    readonly unit: string;
    readonly listUnitPrice: Decimal;
    readonly contractedUnitPrice: Decimal;
  };
  readonly consumed?: { readonly quantity: Decimal; readonly unit: string };
  readonly region?: string;
};

/** Parts of a rate card that an invoice does not repeat. */
export type FocusTerms = Pick<InvoiceReport, 'meters' | 'rateCard'>;

export function focusCharges(invoice: Invoice, terms: FocusTerms): FocusCharge[] {
  const charges = invoice.lines.flatMap((line) => lineCharges(line, invoice, terms));
  const rounding = invoice.subtotal.minus(sum(charges.map(({ billed }) => billed)));
  if (!rounding.isZero()) {
    charges.push({ ...adjustment('rounding', 'rounding of lines', rounding), period: invoice.period });
  }
  charges.push(...invoice.credits.flatMap((use) => creditCharges(use, invoice, terms)));
  charges.push(...taxCharges(charges, invoice));
  const billed = sum(charges.map((charge) => charge.billed));
  assert(billed.eq(invoice.total), () => `FOCUS rows of "${invoice.customer}" bill ${billed} of ${invoice.total}`);
  return charges;
}

function lineCharges(line: InvoiceLine, invoice: Invoice, terms: FocusTerms): FocusCharge[] {
  const stretch = line.stretch === undefined ? undefined : invoice.stretches[line.stretch];
  const about = {
    key: lineKey(line),
    description: line.description,
    period: stretch?.period ?? invoice.period,
    tier: stretch?.tier,
  };
  switch (line.kind) {
    case 'fee': {
      if (line.isUnused) return [{ ...about, ...adjustment(about.key, line.description, line.amount) }];
      const sku = `tier/${stretch?.tier}`;
      const unit = line.per === 'year' ? 'Years' : 'Months';
      const fee = purchase({ sku, unit, quantity: line.quantity, unitPrice: line.unitPrice });
      // What an annual fee is for is its year.
      const period = (line.quantity.isZero() ? undefined : line.year) ?? about.period;
      const charge: FocusCharge = { ...about, ...fee, period, frequency: 'Recurring' };
      return charge.billed.isZero() ? [charge] : [charge, { ...about, ...effectiveCost(charge), period }];
    }
    case 'pack': {
      const sku = `pack/${line.pack}`;
      const pack = purchase({ sku, unit: 'Packs', quantity: line.quantity, unitPrice: line.unitPrice });
      return [{ ...about, ...pack, frequency: 'One-Time' }];
    }
    case 'usage':
      return usageCharges(line, about, discountOn(line, invoice), terms);
    case 'discount':
      return []; // in the contracted prices of the usage that it is off
    default:
      return [{ ...about, ...adjustment(about.key, line.description, line.amount) }];
  }
}

type About = Pick<FocusCharge, 'key' | 'description' | 'period' | 'tier'>;

/** A charge for each part of the line's cost that has a unit price of its own: a step's units, its flat amount. */
function usageCharges(line: UsageLine, about: About, discount: Decimal, { meters }: FocusTerms): FocusCharge[] {
  const meter = meters.get(line.meter)!;
  const free: CostPart = { of: 'flat', amount: ZERO, count: Fraction.ONE };
  const parts = line.parts.length === 0 ? [free] : line.parts;
  const { dimensions = [], step } = line;
  const region = dimensions.find(({ name }) => name === 'region')?.value;
  return parts.map((part, i): FocusCharge => {
    const { quantity, unit, unitPrice } = pricedPart(part, meter);
    const contractedUnitPrice = unitPrice.times(ONE.minus(discount));
    const contracted = contractedUnitPrice.times(quantity);
    // The meter's name comes first and holds none of `:@`, so a price id never belongs to two meters.
    const priceId = [
      `meter/${line.meter}`,
      ...(step === undefined ? [] : [String(step)]),
      ...(part.of === 'units' ? [] : [part.of]),
    ];
    return {
      ...about,
      category: 'Usage',
      frequency: 'Usage-Based',
      billed: contracted,
      list: unitPrice.times(quantity),
      contracted,
      effective: contracted,
      pricing: {
        sku: `meter/${line.meter}`,
        skuPrice: `${priceId.join(':')}@${about.tier}${dimensionKey(dimensions)}`,
        skuMeter: line.meter,
        details: { x_Price: line.price, ...dimensionDetails(dimensions) },
        quantity,
        unit,
        listUnitPrice: unitPrice,
        contractedUnitPrice,
      },
      // Once for each line, so that the meter's quantity is not counted again with every part of its price.
      consumed: i === 0 ? { quantity: shownQuantity(line.quantity), unit: baseUnit(meter) } : { quantity, unit },
      ...(region && { region }),
    };
  });
}

/** Names and values; of a price by several dimensions both are JSON lists. */
function dimensionDetails(dimensions: readonly DimensionValue[]): Record<string, string> {
  if (dimensions.length === 0) return {};
  return {
    x_Dimension: groupingName(dimensions.map(({ name }) => name)),
    x_Value: groupOf(dimensions.map(({ value }) => value)),
  };
}

/** The share that a discount takes off a usage line: that of the discount line of its stretch, 0 if there is none. */
function discountOn(line: InvoiceLine, invoice: Invoice): Decimal {
  for (const other of invoice.lines) if (other.kind === 'discount' && other.stretch === line.stretch) return other.rate;
  return ZERO;
}

function purchase({
  sku,
  unit,
  quantity,
  unitPrice,
}: {
  sku: string;
  unit: string;
  quantity: Fraction;
  unitPrice: Decimal;
}) {
  const shown = shownQuantity(quantity);
  const cost = unitPrice.times(shown);
  const prices = { listUnitPrice: unitPrice, contractedUnitPrice: unitPrice };
  return {
    category: 'Purchase',
    billed: cost,
    list: cost,
    contracted: cost,
    effective: ZERO,
    pricing: { sku, skuPrice: sku, skuMeter: unit, details: {}, quantity: shown, unit, ...prices },
  } as const;
}

function effectiveCost({ description, billed }: Pick<FocusCharge, 'description' | 'billed'>) {
  const nothing = { billed: ZERO, list: ZERO, contracted: ZERO };
  const [category, frequency] = ['Adjustment', 'Recurring'] as const;
  return { category, frequency, description: `${description}: effective cost`, ...nothing, effective: billed };
}

function adjustment(key: string, description: string, amount: Decimal) {
  const [category, frequency] = ['Adjustment', 'One-Time'] as const;
  return { category, frequency, key, description, billed: amount, list: amount, contracted: amount, effective: amount };
}

function creditCharges({ grant, drawn, expired }: CreditUse, invoice: Invoice, terms: FocusTerms): FocusCharge[] {
  const key = `credit:${grant.id}`;
  const reason = grant.reason === undefined ? '' : `, ${grant.reason}`;
  const description = `credit ${grant.id}${reason}`;
  const { period } = invoice;
  const charges: FocusCharge[] = [];
  if (!drawn.isZero()) charges.push({ ...adjustment(key, description, drawn.neg()), category: 'Credit', period });
  const pack = grant.pack === undefined ? undefined : terms.rateCard.creditPacks.get(grant.pack);
  const paid = pack ? paidFor(drawn.plus(expired), pack) : ZERO;
  if (!paid.isZero()) charges.push({ key, period, ...effectiveCost({ description, billed: paid }) });
  return charges;
}

/** Price paid for so much of a pack's credit. */
function paidFor(credit: Decimal, pack: CreditPack): Decimal {
  return shownQuantity(Fraction.of(credit.times(pack.price), pack.credit));
}

/** Tax on each kind of cost; where prices include it, it is shown as tax and taken out of the rest. */
function taxCharges(charges: readonly FocusCharge[], invoice: Invoice): FocusCharge[] {
  const { currency, period, tax, taxIncluded, taxDetail } = invoice;
  if (!taxDetail) return [];
  const description = `tax of ${taxDetail.text}`;
  if (taxIncluded && !taxIncluded.isZero()) {
    const takenOut = adjustment('tax', `${description} in the prices above`, taxIncluded.neg());
    return [
      { ...adjustment('tax', description, taxIncluded), category: 'Tax', period },
      { ...takenOut, period },
    ];
  }
  if (tax.isZero()) return [];
  const taxOn = (costs: readonly Decimal[]) =>
    roundToMinorUnit(Fraction.of(sum(costs).times(taxDetail.rate)), currency);
  return [
    {
      ...adjustment('tax', description, tax),
      category: 'Tax',
      period,
      list: taxOn(charges.map(({ list }) => list)),
      contracted: taxOn(charges.map(({ contracted }) => contracted)),
      effective: taxOn(charges.map(({ effective }) => effective)),
    },
  ];
}
