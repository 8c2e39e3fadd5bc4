/**
 * The one pipeline that prices usage. Invoices, timelines, estimates and simulations all come through here.
 *
 * In this order, for each meter of a stretch on one tier:
 *
 * 1. hard cap: usage beyond a limit without a price is moved to *blocked*.
 *    Before pricing: what was refused was never served, and must not fill up a step.
 * 2. included quantity: subtracted from what was used.
 *    Before pricing, not after: otherwise the included units would fill up step 1, and the first paid unit would be
 *    charged at step 2's price.
 * 3. price: what is left, step by step, exact. A level (levels.ts) is priced for the whole period and then shared.
 * 4. rounding: each line to the minor unit.
 *    Before any adding up: totals are sums of the amounts that are shown, so every column adds up.
 * 5. discount, then maximum, then minimum, each a line of its own (adjustments.ts).
 *    After rounding, because they act on amounts that the customer sees.
 */
import { assert, Bug } from '../assert.ts';
import type { Instant } from '../calendar.ts';
import type { TermsInForce } from '../catalog/customer.ts';
import { type Charge, includedIn, type Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import { type InvoiceLine, lineKey } from '../invoice/invoice.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import { daysIn, type Period } from '../period.ts';
import { type Price, ratePrice } from '../pricing/index.ts';
import { exactQuantity, type MeteredUsage, type MeterUsage, type Usage } from '../usage/ledger.ts';
import { adjust } from './adjustments.ts';
import { linesForPart } from './levels.ts';

/** Time on the same terms within a billing period, and what was used in it. */
export type Stretch = {
  readonly tier: Tier;
  readonly period: Period;
  /** The tiers that it is made of, which may have other names and rate limits; absent: `tier` alone. */
  readonly parts?: TermsInForce['parts'];
  readonly usage: Usage;
  /** Names of the meters that measure a level; needed where the stretch is a part of its period. */
  readonly levels?: ReadonlySet<string> | undefined;
  /** What was used before an instant within it; needed where a credit begins or expires inside the stretch. */
  readonly usageBefore?: (instant: Instant) => Usage;
};

export type StretchContext = {
  readonly stretch: Stretch;
  /** Of the stretch within its period, from 0. */
  readonly position: number;
  /** The billing period in which the stretch lies. */
  readonly period: Period;
  readonly timezone: string;
  readonly currency: Currency;
};

export type RatedStretch = {
  readonly lines: readonly InvoiceLine[];
  /** By meter, only where something was blocked. */
  readonly blocked: ReadonlyMap<string, Fraction>;
};

/** Usage lines and adjustments of a stretch. Fails with a Bug where `billingProblems` would have found a problem. */
export function rateStretch(context: StretchContext): RatedStretch {
  const { stretch, position, period, timezone, currency } = context;
  const { tier, usage } = stretch;
  const share = coveredShare(stretch.period, period, timezone);
  const part = shareText(context);
  assert(
    stretch.levels !== undefined || part === '',
    () => `which meters of ${tier.name} measure a level is not given`,
  );
  const lines: InvoiceLine[] = [];
  const blocked = new Map<string, Fraction>();

  for (const [meter, used] of usage) {
    const limit = tier.limits.get(meter);
    const isLevel = stretch.levels?.has(meter) === true;
    const whole = limit ? includedIn(limit, period, timezone) : Fraction.ZERO;
    const included = isLevel ? whole : whole.times(share);
    const charge = chargeOf(tier, meter);
    if (charge) {
      const limitText = limit && `${limit.text}${isLevel ? '' : part}`;
      const rated = rateCharge({ meter, stretch: position, charge, used, included, limitText, currency });
      lines.push(...(isLevel ? linesForPart(rated, { share, text: part }, currency) : rated));
    } else if (limit) {
      const beyond = beyondIncluded(used, included);
      if (beyond.isPositive()) blocked.set(meter, beyond);
    }
  }
  lines.push(...adjust({ usageLines: lines, stretch: position, tier, share, shareText: part, currency }));
  return { lines, blocked };
}

/**
 * Days covered ÷ days in the period, exact: what a part of a month is of its fee and its included quantities. A period
 * that ends on the day on which it begins has no days to count; there it is time ÷ time.
 */
export function coveredShare(covered: Period, period: Period, timezone: string): Fraction {
  if (isAllOf(covered, period)) return Fraction.ONE;
  const days = daysIn(period, timezone);
  if (days === 0) return Fraction.of(covered.end - covered.start, period.end - period.start);
  return Fraction.of(daysIn(covered, timezone), days);
}

function isAllOf(covered: Period, period: Period): boolean {
  return covered.start === period.start && covered.end === period.end;
}

/** ` × 13/31` where a stretch covers a part of its period; '' where it covers all of it. */
export function shareText({ stretch, period, timezone }: Omit<StretchContext, 'currency' | 'position'>): string {
  if (isAllOf(stretch.period, period)) return '';
  const [days, whole] = [daysIn(stretch.period, timezone), daysIn(period, timezone)];
  const share = coveredShare(stretch.period, period, timezone);
  if (whole === 0) return share.eq(Fraction.ONE) ? '' : ` × ${share}`;
  return days === whole ? '' : ` × ${days}/${whole}`;
}

type ChargeInput = {
  readonly meter: string;
  /** Position of the stretch. */
  readonly stretch: number;
  readonly charge: Charge;
  readonly used: MeteredUsage;
  readonly included: Fraction;
  /** `200k`, `200k × 13/31` in a part month. */
  readonly limitText: string | undefined;
  readonly currency: Currency;
};

function rateCharge({ meter, stretch, charge, used, included, limitText, currency }: ChargeInput): InvoiceLine[] {
  const description = limitText === undefined ? meter : `${meter} beyond ${limitText}`;
  if (charge.kind === 'single')
    return priceLines({ meter, stretch, description, price: charge.price, used, included, currency });

  // The included quantity belongs to the meter as a whole. Each value gets a part of it in proportion to its usage, so
  // that neither the order of regions nor that of events decides which price the included units would have had.
  const values = [...(used.by.get(charge.dimension) ?? [])].filter(([, part]) => !part.quantity.isZero());
  values.sort(([a], [b]) => (a < b ? -1 : 1));
  const total = Fraction.of(used.quantity);
  const covered = Fraction.min(included, total);
  return values.flatMap(([value, part]) => {
    const price = charge.prices.get(value) ?? charge.otherwise;
    assert(price !== undefined, () => `${meter} has no price for ${charge.dimension} "${value}"`);
    return priceLines({
      meter,
      stretch,
      currency,
      dimension: { name: charge.dimension, value },
      description: `${description}, ${charge.dimension} ${value === '' ? 'unknown' : value}`,
      price,
      used: part,
      included: Fraction.of(part.quantity).times(covered).dividedBy(total),
    });
  });
}

function priceLines(line: {
  meter: string;
  stretch: number;
  dimension?: { name: string; value: string };
  description: string;
  price: Price;
  used: MeterUsage;
  included: Fraction;
  currency: Currency;
}): InvoiceLine[] {
  const { meter, stretch, dimension, used, included, currency } = line;
  const quantity = beyondIncluded(used, included);
  const steps = ratePrice(line.price, quantity, { events: used.events });
  const stepSum = Fraction.sum(steps.map((step) => step.quantity));
  assert(stepSum.eq(quantity), () => `steps of ${meter} add up to ${stepSum}, but ${quantity} were to be priced`);
  const { events, first, last, isCarried } = used;
  const counted = isCarried ? { events, isCarried } : { events };
  const rows = first === undefined || last === undefined ? counted : { ...counted, first, last };
  return steps.map((step): InvoiceLine => {
    const about = { kind: 'usage' as const, stretch, meter, step: step.step, dimension };
    const own: InvoiceLine = {
      key: lineKey(about),
      kind: 'usage',
      stretch,
      meter,
      description: step.step === undefined ? line.description : `${line.description}, step ${step.step}`,
      used: used.quantity,
      included,
      quantity: step.quantity,
      price: step.price,
      exact: step.exact,
      parts: step.parts,
      amount: roundToMinorUnit(step.exact, currency),
      rows,
    };
    return dimension || step.step !== undefined
      ? { ...own, ...(step.step !== undefined && { step: step.step }), ...(dimension && { dimension }) }
      : own;
  });
}

function beyondIncluded(used: MeterUsage, included: Fraction): Fraction {
  const beyond = exactQuantity(used).minus(included);
  return beyond.isPositive() ? beyond : Fraction.ZERO;
}

function chargeOf(tier: Tier, meter: string): Charge | undefined {
  if (tier.charges === 'negotiated')
    throw new Bug(`the overage of ${tier.name} is negotiated, and no contract was given`);
  return tier.charges.get(meter);
}
