/** Usage and terms in, invoice out. The same input always gives the same invoice. */
import { assert } from '../assert.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Tier } from '../catalog/tier.ts';
import { Decimal, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import { billingMonths, type Period } from '../period.ts';
import type { Problem } from '../problem.ts';
import { coveredShare, rateStretch, type Stretch } from '../rating/rateStretch.ts';
import type { Usage } from '../usage/ledger.ts';
import { checkInvoice } from './checkInvoice.ts';
import type { Invoice, InvoiceLine } from './invoice.ts';

export type InvoiceInput = {
  readonly rateCard: Pick<RateCard, 'currency' | 'timezone' | 'tax'>;
  readonly customer: string;
  readonly period: Period;
  /** The tiers in force in the period and the usage under each: in time order, without overlaps, at least one. */
  readonly stretches: readonly Stretch[];
};

/**
 * The invoice of one customer for one billing period.
 *
 * Fails with a Bug where {@link billingProblems} finds a problem, or if the finished invoice breaks one of its own
 * invariants (checkInvoice.ts).
 */
export function issueInvoice({ rateCard, customer, period, stretches }: InvoiceInput): Invoice {
  const { currency, timezone } = rateCard;
  assert(stretches.length > 0, () => `"${customer}" is on no tier in the period that begins at ${period.start}`);
  const lines: InvoiceLine[] = [];
  const blocked = new Map<string, Fraction>();
  for (const [i, stretch] of stretches.entries()) {
    const rated = rateStretch({ stretch, period, timezone, currency });
    const own = [...feeLines(stretch, period, timezone, currency), ...rated.lines];
    lines.push(...(i === 0 ? own : own.map((line) => ({ ...line, key: `${line.key}/${i + 1}` }))));
    for (const [meter, quantity] of rated.blocked)
      blocked.set(meter, (blocked.get(meter) ?? Fraction.ZERO).plus(quantity));
  }

  const subtotal = sum(lines.map((line) => line.amount));
  const creditsApplied = ZERO;
  const { tax, taxIncluded } = taxOn(subtotal.minus(creditsApplied), rateCard);
  const invoice: Invoice = {
    customer,
    currency,
    tier: stretches.at(-1)!.tier.name,
    period,
    usage: measured(stretches),
    blocked,
    lines,
    subtotal,
    creditsApplied,
    tax,
    ...(taxIncluded && { taxIncluded }),
    total: subtotal.minus(creditsApplied).plus(tax),
  };
  checkInvoice(invoice);
  return invoice;
}

/** What keeps a customer from being billed on a tier with this usage: no list price, negotiated prices, an unlisted dimension value. */
export function billingProblems(customer: string, tier: Tier, usage: Usage): Problem[] {
  const problems: Problem[] = [];
  const add = (code: string, message: string, hint: string) =>
    problems.push({ severity: 'error', code: `billing/${code}`, message: `customer "${customer}": ${message}`, hint });

  const missing = [
    ...(tier.fee.kind === 'custom' ? ['no list price (cost: custom)'] : []),
    ...(tier.charges === 'negotiated' ? ['no overage prices (overage: negotiated)'] : []),
  ];
  if (missing.length > 0) {
    add(
      'no-contract',
      `tier ${tier.name} has ${missing.join(' and ')}, and the customer has no contract that gives them`,
      'put the customer on a tier with prices',
    );
  }
  if (tier.charges === 'negotiated') return problems;
  for (const [meter, charge] of tier.charges) {
    if (charge.kind !== 'byDimension' || charge.otherwise) continue;
    for (const [value, used] of usage.get(meter)?.by.get(charge.dimension) ?? []) {
      if (used.quantity.isZero() || charge.prices.has(value)) continue;
      add(
        'unpriced-value',
        `${used.quantity.toFixed()} of ${meter} with ${charge.dimension} "${value}", for which tier ${tier.name} has no price`,
        `add a price for "${value}" or a default; ${charge.dimension} is priced for ${[...charge.prices.keys()].join(', ')}`,
      );
    }
  }
  return problems;
}

/** By meter, over all stretches. Fails with a Bug on a meter that does not add up and was used in more than one stretch. */
function measured(stretches: readonly Stretch[]): Map<string, Decimal> {
  const usage = new Map<string, Decimal>();
  for (const stretch of stretches) {
    for (const [meter, { quantity }] of stretch.usage) usage.set(meter, (usage.get(meter) ?? ZERO).plus(quantity));
  }
  return usage;
}

function feeLines(stretch: Stretch, period: Period, timezone: string, currency: Currency): InvoiceLine[] {
  const { fee, name } = stretch.tier;
  if (fee.kind === 'none') return [];
  assert(fee.kind === 'fixed', () => `tier ${name} has no list price, and no contract was given`);
  const months = billingMonths(period, timezone).times(coveredShare(stretch.period, period, timezone));
  const exact = months.times(Fraction.of(fee.amount));
  const amount = roundToMinorUnit(exact, currency);
  return [
    {
      key: 'fee',
      kind: 'fee',
      description: `${name}, monthly fee`,
      quantity: months,
      unitPrice: fee.amount,
      exact,
      amount,
    },
  ];
}

/** Tax on what is left after credits: added to it, or, where prices include it, the part of it that is tax. */
function taxOn(
  taxable: Decimal,
  { tax, currency }: Pick<RateCard, 'tax' | 'currency'>,
): { tax: Decimal; taxIncluded?: Decimal } {
  if (!tax) return { tax: ZERO };
  const gross = Fraction.of(taxable.times(tax.share));
  if (!tax.included) return { tax: roundToMinorUnit(gross, currency) };
  const contained = gross.dividedBy(Fraction.of(new Decimal(1).plus(tax.share)));
  return { tax: ZERO, taxIncluded: roundToMinorUnit(contained, currency) };
}
