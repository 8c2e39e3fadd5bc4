/**
 * Price lists that follow each other: which of them a customer is on, and when.
 *
 * A list ends where the next one begins. A customer changes with the billing period that begins on or after a list's day,
 * on the day itself, or not at all, as the list says; a customer that is pinned to a list stays on it.
 */
import type { Instant } from '../calendar.ts';
import { anchoredPeriodAt, type Period, type PeriodChoice } from '../period.ts';
import type { Assignment, Customer, PriceList, Unpriced } from './customer.ts';

/** A customer and the same customer's tiers under each list, in the order of the lists; times are the same in all. */
export type UnderLists = {
  readonly customer: Customer;
  readonly histories: readonly (readonly Assignment[])[];
};

export type Terms = {
  /** Ascending by their first days, at least one. */
  readonly lists: readonly PriceList[];
  /** Lists that hold for customers that are pinned to them alone. */
  readonly pinnable: readonly PriceList[];
  readonly periods: PeriodChoice;
  readonly timezone: string;
};

/** The customer with a history that is cut where lists change, each part on the tier of its list. */
export function onLists({ customer, histories }: UnderLists, terms: Terms): Customer {
  const all = [...terms.lists, ...terms.pinnable];
  const history: Assignment[] = [];
  const unpriced: Unpriced[] = [];
  const first = terms.lists[0]!.name;
  for (const [i, { tier, from, to }] of customer.history.entries()) {
    for (const { list, period } of within(scheduleOf(customer, terms), { from, to })) {
      const own = list && histories[all.indexOf(list)]![i]!.tier;
      const stay = {
        ...(isOpen(period.start) ? {} : { from: period.start }),
        ...(isOpen(period.end) ? {} : { to: period.end }),
      };
      if (list && own && list.rateCard.tiers.has(own.name)) history.push({ tier: own, ...stay, list });
      else unpriced.push({ tier: tier.name, first, ...(list && { list: list.name }), period });
    }
  }
  return { ...customer, history, ...(unpriced.length > 0 && { unpriced }) };
}

function isOpen(instant: Instant): boolean {
  return !Number.isFinite(instant);
}

/** A list and the time for which it holds; without a list: the time before the first one. */
type Reign = { readonly list: PriceList | undefined; readonly from: Instant };

function scheduleOf(customer: Customer, terms: Terms): Reign[] {
  const { lists, pinnable } = terms;
  const since = customer.history[0]?.from ?? Number.NEGATIVE_INFINITY;
  const reigns: Reign[] = [{ list: undefined, from: Number.NEGATIVE_INFINITY }];
  for (const [i, list] of lists.entries()) {
    const { validFrom, applies } = list.rateCard;
    if (i > 0 && applies === 'new_customers' && since < validFrom!) continue;
    const isAtOnce = i === 0 || applies === 'at_once';
    const from = validFrom === undefined || isAtOnce ? validFrom : nextPeriod(validFrom, customer, terms);
    reigns.push({ list, from: from ?? Number.NEGATIVE_INFINITY });
  }
  const { pin } = customer;
  const pinned = pin && [...pinnable, ...lists].find((list) => namesOf(list).includes(pin.list));
  if (!pinned) return reigns;
  if (pin.until === undefined) return [{ list: pinned, from: Number.NEGATIVE_INFINITY }];
  const end = nextPeriod(pin.until, customer, terms);
  const next = reigns.findLast(({ from }) => from <= end)!;
  const later = reigns.filter(({ from }) => from > end);
  return [{ list: pinned, from: Number.NEGATIVE_INFINITY }, { ...next, from: end }, ...later];
}

/** Names by which a customer may be pinned to a list. */
export function namesOf({ name, rateCard }: PriceList): readonly string[] {
  return rateCard.name === undefined ? [name] : [name, rateCard.name];
}

/** The first begin of a billing period that is not before an instant. */
function nextPeriod(instant: Instant, { anchor }: Customer, { periods, timezone }: Terms): Instant {
  if (periods.kind === 'one' && anchor === 1) {
    const { start, end } = periods.period;
    if (instant > start && instant < end) return end;
  }
  const { start, end } = anchoredPeriodAt(instant, anchor, timezone);
  return start === instant ? start : end;
}

/** The parts of a stay, each with its list. */
function within(
  reigns: readonly Reign[],
  {
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
  }: { from: Instant | undefined; to: Instant | undefined },
): { readonly list: PriceList | undefined; readonly period: Period }[] {
  return reigns.flatMap(({ list, from: begin }, i) => {
    const period = { start: Math.max(begin, from), end: Math.min(reigns[i + 1]?.from ?? Number.POSITIVE_INFINITY, to) };
    return period.start < period.end ? [{ list, period }] : [];
  });
}
