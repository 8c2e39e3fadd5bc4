/**
 * The one pipeline that prices usage. Invoices, timelines, estimates and simulations all come through here.
 *
 * In this order, for each meter of a stretch on one tier:
 *
 * 1. hard cap: usage beyond a limit without a price is moved to *blocked* (limits.ts).
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

import { assert } from '../assert.ts';
import type { Instant } from '../calendar.ts';
import type { TermsInForce } from '../catalog/customer.ts';
import type { FeeYears } from '../catalog/feeYears.ts';
import { type Charge, dimensionValues, type ListedTier } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import type { Mutable } from '../mutable.ts';
import { billingMonths, type Period } from '../period.ts';
import { type Price, ratePrice } from '../pricing/index.ts';
import type { RatingContext } from '../pricing/model.ts';
import { exactQuantity, type MeteredUsage, type MeterUsage, type Usage } from '../usage/ledger.ts';
import { adjust } from './adjustments.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { coveredShare, shareText } from './coveredShare.ts';
import { linesForPart } from './levels.ts';
import { includesSome, limitWithin, type MeterLimit } from './limits.ts';
import type { DimensionValue, RatedLine, UsageLine } from './line.ts';
import { pricedGroups } from './pricedGroups.ts';

/** Time on the same terms within a billing period, and its usage. */
export type Stretch = {
  readonly tier: ListedTier;
  readonly period: Period;
  /** The tiers that it is made of, which may have other names and rate limits; absent: `tier` alone. */
  readonly parts?: TermsInForce['parts'];
  readonly usage: Usage;
  /** The price list that the tier is of, where there are several. */
  readonly list?: TermsInForce['list'];
  /** Names of the meters that measure a level; needed where the stretch is a part of its period. */
  readonly levels?: ReadonlySet<string> | undefined;
  /** The part of an annual fee that falls due in it; absent: a twelfth for each billing month, as in estimates. */
  readonly feeYears?: FeeYears | undefined;
  /** Usage before an instant within it; needed where a credit begins or expires inside the stretch. */
  readonly usageBefore?: (instant: Instant) => Usage;
  /** Usage in a part of it that ends on bucket edges; absent: no more than the total is known. */
  readonly usageIn?: (part: Period) => Usage;
  /** The quantity of one meter in such a part; absent: it has to be taken from `usageIn` or `usageBefore`. */
  readonly quantityIn?: (meter: string, part: Period) => Decimal;
};

export type StretchContext = {
  readonly stretch: Stretch;
  /** Index of the stretch within its period, from 0. */
  readonly position: number;
  /** The billing period in which the stretch lies. */
  readonly period: Period;
  readonly timezone: string;
  readonly currency: Currency;
};

export type RatedStretch = {
  readonly lines: readonly RatedLine[];
  /** By meter, only where something was blocked. */
  readonly blocked: ReadonlyMap<string, Fraction>;
};

/** Usage lines and adjustments of a stretch. Fails with a Bug where `billingProblems` would have found a problem. */
export function rateStretch(context: StretchContext): RatedStretch {
  const { stretch, position, period, timezone, currency } = context;
  const { tier, usage } = stretch;
  const part = { share: coveredShare(stretch.period, period, timezone), text: partText(context) };
  assert(
    stretch.levels !== undefined || part.text === '',
    () => `which meters of ${tier.name} measure a level is not given`,
  );
  const usageLines: UsageLine[] = [];
  const blocked = new Map<string, Fraction>();

  for (const [meter, used] of usage) {
    const isLevel = stretch.levels?.has(meter) === true;
    const limit = limitWithin({ tier, stretch: stretch.period, period, timezone, isLevel }, meter);
    const coverage = coverageOf({ meter, used, usageIn: stretch.usageIn, limit });
    const charge = tier.charges.get(meter);
    if (charge) {
      const isPartlyIncluded = includesSome(tier, meter);
      const limitText = limit?.text;
      const input = { meter, stretch: position, charge, used, coverage, isPartlyIncluded, limitText, currency };
      const rated = rateCharge(input);
      for (const line of isLevel ? linesForPart(rated, part, currency) : rated) usageLines.push(line);
    } else if (limit?.beyond === 'blocked' && coverage.beyond.isPositive()) blocked.set(meter, coverage.beyond);
  }
  const adjustments = adjust({
    ...{ usageLines, stretch: position, tier, currency },
    billingMonths: () => monthsOf(context),
  });
  return { lines: [...usageLines, ...adjustments], blocked };
}

/** ` × 13/31` of a stretch that is not the whole period. */
function partText({ stretch, period, timezone }: StretchContext): string {
  return shareText({ stretch: stretch.period, period, timezone });
}

/** Billing months of a stretch: those of its period × the share of it. '' for one; ` × 13/31`; ` × 12 × 13/365`. */
function monthsOf(context: StretchContext): { months: Fraction; monthsText: string } {
  const { stretch, period, timezone } = context;
  const whole = billingMonths(period, timezone);
  return {
    months: whole.times(coveredShare(stretch.period, period, timezone)),
    monthsText: `${whole.eq(Fraction.ONE) ? '' : ` × ${whole.toRatio()}`}${partText(context)}`,
  };
}

type ChargeInput = {
  readonly meter: string;
  /** Position of the stretch. */
  readonly stretch: number;
  readonly charge: Charge;
  readonly used: MeteredUsage;
  readonly coverage: Coverage;
  readonly isPartlyIncluded: RatingContext['isPartlyIncluded'];
  /** Text of the limit, see {@link MeterLimit}. */
  readonly limitText: MeterLimit['text'] | undefined;
  readonly currency: Currency;
};

function rateCharge(input: ChargeInput): UsageLine[] {
  const { meter, stretch, charge, used, coverage, isPartlyIncluded, limitText, currency } = input;
  const description = limitText === undefined ? meter : `${meter} beyond ${limitText}`;
  if (charge.kind === 'single') {
    const { included } = coverage;
    return priceLines({ meter, stretch, description, price: charge.price, used, included, isPartlyIncluded, currency });
  }

  // The included quantity belongs to the meter as a whole. Each value, or combination of values, gets a part of it in
  // proportion to its usage, so that neither the order of regions nor that of events decides which price the included
  // units would have had.
  const included = coverage.partsOf(charge);
  return pricedGroups(charge, used).flatMap(([group, part]) => {
    const price = charge.prices.get(group) ?? charge.otherwise;
    assert(price !== undefined, () => `${meter} has no price for ${charge.dimension} "${group}"`);
    const dimensions = dimensionValues(charge, group);
    return priceLines({
      ...{ meter, stretch, isPartlyIncluded, currency },
      dimensions,
      description: [description, ...dimensions.map(dimensionText)].join(', '),
      price,
      used: part,
      included: included.get(group)!,
    });
  });
}

/** `region syd`. */
function dimensionText({ name, value }: DimensionValue): string {
  return `${name} ${value === '' ? 'unknown' : value}`;
}

function priceLines(line: {
  meter: string;
  stretch: number;
  dimensions?: readonly DimensionValue[];
  description: string;
  price: Price;
  used: MeterUsage;
  included: Fraction;
  isPartlyIncluded: RatingContext['isPartlyIncluded'];
  currency: Currency;
}): UsageLine[] {
  const { meter, stretch, dimensions, used, included, currency } = line;
  const quantity = beyondIncluded(used, included);
  const steps = ratePrice(line.price, quantity, { events: used.events, isPartlyIncluded: line.isPartlyIncluded });
  const stepSum = Fraction.sum(steps.map((step) => step.quantity));
  assert(stepSum.eq(quantity), () => `steps of ${meter} add up to ${stepSum}, but ${quantity} were to be priced`);
  const { events, first, last, isCarried } = used;
  const counted = isCarried ? { events, isCarried } : { events };
  const rows = first === undefined || last === undefined ? counted : { ...counted, first, last };
  return steps.map((step): UsageLine => {
    // Fields that few lines have are put in afterwards: putting objects together takes several times as long.
    const own: Mutable<UsageLine> = {
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
    if (used.exact) own.usedExact = used.exact;
    if (step.step !== undefined) own.step = step.step;
    if (dimensions?.length === 1) own.dimension = dimensions[0]!;
    if (dimensions) own.dimensions = dimensions;
    return own;
  });
}

function beyondIncluded(used: MeterUsage, included: Fraction): Fraction {
  const beyond = exactQuantity(used).minus(included);
  return beyond.isPositive() ? beyond : Fraction.ZERO;
}
