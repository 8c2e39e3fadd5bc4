/** Usage and terms in, invoice out. The same input always gives the same invoice. */
import { assert } from '../assert.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Tier } from '../catalog/tier.ts';
import { autoPurchasedPack } from '../credits/pack.ts';
import { Decimal, minus, plus, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { roundToMinorUnit } from '../money.ts';
import { billingMonths } from '../period.ts';
import type { Problem } from '../problem.ts';
import {
  coveredShare,
  type RatedStretch,
  rateStretch,
  type Stretch,
  type StretchContext,
  shareText,
} from '../rating/rateStretch.ts';
import type { Usage } from '../usage/ledger.ts';
import { checkInvoice } from './checkInvoice.ts';
import type { InvoiceInput } from './input.ts';
import { type Invoice, type InvoiceLine, lineKey } from './invoice.ts';
import { burnDownOf } from './payFromCredit.ts';

/**
 * The invoice of one customer for one billing period.
 *
 * Fees and usage charges of every stretch, packs that were bought by themselves; credits pay for usage charges, minimum
 * included; tax is on what is left. Fails with a Bug where {@link billingProblems} finds a problem, or if the finished
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
  const { tax, taxIncluded } = taxOn(owed, rateCard);
  const issued: Invoice = {
    customer,
    currency,
    tier: stretches.at(-1)!.tier.name,
    period,
    usage: measured(input),
    blocked: blockedIn(rated, stretches),
    stretches: stretches.map(({ tier, period: covered }) => ({ tier: tier.name, period: covered })),
    lines,
    subtotal,
    credits: credits.uses,
    creditsApplied,
    tax,
    total: plus(owed, tax),
  };
  const invoice = taxIncluded ? { ...issued, taxIncluded } : issued;
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

/** Of a flow what the stretches blocked together, of a level the most that one of them did. */
function blockedIn(rated: readonly RatedStretch[], stretches: readonly Stretch[]): Map<string, Fraction> {
  const blocked = new Map<string, Fraction>();
  for (const [i, stretch] of rated.entries()) {
    for (const [meter, quantity] of stretch.blocked) {
      const before = blocked.get(meter) ?? Fraction.ZERO;
      const isLevel = stretches[i]!.levels?.has(meter);
      blocked.set(meter, isLevel ? Fraction.max(before, quantity) : before.plus(quantity));
    }
  }
  return blocked;
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

function feeLines({ stretch, position, period, timezone, currency }: StretchContext): InvoiceLine[] {
  const { fee, name } = stretch.tier;
  if (fee.kind === 'none') return [];
  assert(fee.kind === 'fixed', () => `tier ${name} has no list price, and no contract was given`);
  const months = billingMonths(period, timezone).times(coveredShare(stretch.period, period, timezone));
  const exact = months.times(Fraction.of(fee.amount));
  const amount = roundToMinorUnit(exact, currency);
  return [
    {
      key: lineKey({ kind: 'fee', stretch: position }),
      stretch: position,
      kind: 'fee',
      description: `${name}, monthly fee${shareText({ stretch, period, timezone })}`,
      quantity: months,
      unitPrice: fee.amount,
      exact,
      amount,
    },
  ];
}

function packLines(bought: number, { currency, creditPacks }: InvoiceInput['rateCard']): InvoiceLine[] {
  const pack = autoPurchasedPack(creditPacks);
  if (bought === 0 || !pack) return [];
  const exact = Fraction.of(pack.price.times(bought));
  const [key, description] = [lineKey({ kind: 'pack', pack: pack.name }), `${pack.name}, credit pack`];
  const amount = roundToMinorUnit(exact, currency);
  return [
    {
      key,
      kind: 'pack',
      description,
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
  { tax, currency }: Pick<RateCard, 'tax' | 'currency'>,
): { tax: Decimal; taxIncluded?: Decimal } {
  if (!tax) return { tax: ZERO };
  const gross = Fraction.of(taxable.times(tax.share));
  if (!tax.included) return { tax: roundToMinorUnit(gross, currency) };
  const contained = gross.dividedBy(Fraction.of(new Decimal(1).plus(tax.share)));
  return { tax: ZERO, taxIncluded: roundToMinorUnit(contained, currency) };
}
