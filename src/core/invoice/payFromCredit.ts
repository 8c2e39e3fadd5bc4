/**
 * Pays an invoice from credits: the charges at every instant at which a grant begins or ends are burnt down in time
 * order.
 */
import { assert } from '../assert.ts';
import { dateAt, daysLater, type Instant, startOfDate } from '../calendar.ts';
import { type AutoPurchase, type BurnDown, type BurnDownInput, burnDown } from '../credits/burnDown.ts';
import { type AutoPurchasedPack, autoPurchasedPack, packExpiry } from '../credits/pack.ts';
import { type Decimal, sum, ZERO } from '../decimal.ts';
import { type Period, periodLabel } from '../period.ts';
import { type RatedStretch, rateStretch, type Stretch } from '../rating/rateStretch.ts';
import type { InvoiceInput } from './input.ts';

const NOTHING: BurnDown = { uses: [], drawn: ZERO, bought: 0 };

export function burnDownOf(input: InvoiceInput, rated: readonly RatedStretch[]): BurnDown {
  const charged = burnDownInputOf(input, rated);
  return charged ? burnDown(charged) : NOTHING;
}

/** False where there is neither a credit nor a pack that could be bought: what is paid is known to be nothing. */
export function mayHaveCredit(input: InvoiceInput): boolean {
  return (input.balances ?? []).length > 0 || packFor(input) !== undefined;
}

/** Input of the burn-down, or undefined where no credit can pay for anything. */
export function burnDownInputOf(input: InvoiceInput, rated: readonly RatedStretch[]): BurnDownInput | undefined {
  const { rateCard, period, balances = [] } = input;
  const pack = packFor(input);
  if (balances.length === 0 && !pack) return undefined;
  const charged = usageCharges(rated);
  if (balances.length === 0 && charged.isZero()) return undefined;

  const inner = new Set(
    balances.flatMap(({ grant }) => [grant.start, grant.expires]).filter((at) => isInside(at, period)),
  );
  // A pack is bought on the day that needs it, and its days count from then: the charges of every day have to be known.
  if (pack) {
    for (const day of daysOf(period, rateCard.timezone)) inner.add(day);
    for (const { from } of tiersIn(input)) if (isInside(from, period)) inner.add(from);
  }
  const between = [...(inner as Set<Instant>)].sort((a, b) => a - b);
  return {
    balances,
    period,
    boundaries: [period.start, ...between, period.end],
    charges: [ZERO, ...between.map((instant) => chargesBefore(instant, input, rated)), sum(rated.map(withoutMinimum))],
    topUp: charged.minus(sum(rated.map(withoutMinimum))),
    autoPurchase: pack && autoPurchase(pack, input),
  };
}

/** Usage, discount, maximum and minimum lines, as they stand on the invoice. */
function usageCharges(rated: readonly RatedStretch[]): Decimal {
  return sum(rated.flatMap(({ lines }) => lines.map((line) => line.amount)));
}

/**
 * Usage charges if nothing had been used from `instant` on. Without minimums: what tops them up is owed at the end, for
 * what was not used.
 */
export function chargesBefore(
  instant: Instant,
  { rateCard, period, stretches }: InvoiceInput,
  rated: readonly RatedStretch[],
): Decimal {
  const { currency, timezone } = rateCard;
  const parts = stretches.map((stretch, i) => {
    if (stretch.period.start >= instant) return ZERO;
    if (stretch.period.end <= instant) return withoutMinimum(rated[i]!);
    return withoutMinimum(
      rateStretch({ stretch: stoppedAt(stretch, instant), position: i, period, timezone, currency }),
    );
  });
  return sum(parts);
}

/** The stretch as it would be if nothing had been used from `instant` on, which lies within it. */
function stoppedAt(stretch: Stretch, instant: Instant): Stretch {
  const { usageBefore, usageIn } = stretch;
  assert(usageBefore !== undefined, () => `the usage of a stretch before ${instant} is not given`);
  return {
    ...stretch,
    usage: usageBefore(instant),
    ...(usageIn && {
      usageIn: ({ start, end }) => (start >= instant ? new Map() : usageIn({ start, end: Math.min(end, instant) })),
    }),
  };
}

function withoutMinimum({ lines }: RatedStretch): Decimal {
  return sum(lines.filter((line) => line.kind !== 'minimum').map((line) => line.amount));
}

/** The pack that may be bought by itself for this customer in this period. */
function packFor(input: InvoiceInput): AutoPurchasedPack | undefined {
  const pack = input.autoPurchase === false ? undefined : autoPurchasedPack(input.rateCard.creditPacks);
  return pack && tiersIn(input).some(({ tier }) => pack.autoPurchase.tiers.has(tier)) ? pack : undefined;
}

/** Names of the tiers that follow each other in the period, and when each begins. */
function tiersIn({ stretches }: InvoiceInput): { tier: string; from: Instant }[] {
  return stretches.flatMap(({ tier, period, parts = [{ tier, period }] }) =>
    parts.map((part) => ({ tier: part.tier.name, from: part.period.start })),
  );
}

function autoPurchase(pack: AutoPurchasedPack, input: InvoiceInput): AutoPurchase {
  const { period, rateCard } = input;
  const { timezone: zone } = rateCard;
  const tiers = tiersIn(input);
  return {
    pack,
    isFor: (from) => pack.autoPurchase.tiers.has((tiers.findLast((one) => one.from <= from) ?? tiers[0]!).tier),
    maxPerPeriod: pack.autoPurchase.maxPerPeriod,
    idOf: (n) => `${pack.name}-${periodLabel(period, zone)}-${n}`,
    // From the begin of the day: where a credit that ran out in the middle of an hour made the purchase necessary, the pack
    // must not end in the middle of one, on which no usage of later months is cut.
    expiryOf: (purchased) => packExpiry(pack, { at: purchased, isDay: true }, zone),
  };
}

/** The starts of all days of a period but the first. */
function daysOf(period: Period, zone: string): Instant[] {
  const days: Instant[] = [];
  for (
    let date = daysLater(dateAt(period.start, zone), 1);
    startOfDate(date, zone) < period.end;
    date = daysLater(date, 1)
  ) {
    days.push(startOfDate(date, zone));
  }
  return days;
}

function isInside(instant: Instant | undefined, period: Period): boolean {
  return instant !== undefined && instant > period.start && instant < period.end;
}
