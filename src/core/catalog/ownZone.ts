/** Customers with a timezone of their own: their days and billing periods begin when they begin there. */
import { dateAt, startOfDate } from '../calendar.ts';
import type { Period } from '../period.ts';
import type { Customer } from './customer.ts';
import type { RateCard } from './rateCard.ts';

/** Zone in which a customer's days begin. */
export function zoneOf({ timezone }: Pick<Customer, 'timezone'>, zone: string): string {
  return timezone ?? zone;
}

/** The zone of a run, and those of its customers. */
export function zonesOf(zone: string, lists: readonly ReadonlyMap<string, Customer>[]): Set<string> {
  const own = lists.flatMap((customers) => [...customers.values()].map((customer) => zoneOf(customer, zone)));
  return new Set([zone, ...own]);
}

/** Period of the same days in a customer's own zone. One that does not consist of days of `zone` stays as it is. */
export function inOwnZone(period: Period, { timezone: own }: Pick<Customer, 'timezone'>, zone: string): Period {
  if (own === undefined || own === zone) return period;
  const [first, after] = [dateAt(period.start, zone), dateAt(period.end, zone)];
  if (startOfDate(first, zone) !== period.start || startOfDate(after, zone) !== period.end) return period;
  return { start: startOfDate(first, own), end: startOfDate(after, own), zone: own };
}

const KNOWN = new WeakMap<RateCard, Map<string, RateCard>>();

/** The rate card with a customer's own zone; the same object for the same zone. */
export function rateCardFor(rateCard: RateCard, { timezone }: Pick<Customer, 'timezone'>): RateCard {
  if (timezone === undefined || timezone === rateCard.timezone) return rateCard;
  const known = KNOWN.get(rateCard) ?? new Map<string, RateCard>();
  KNOWN.set(rateCard, known);
  const own = known.get(timezone) ?? { ...rateCard, timezone };
  known.set(timezone, own);
  return own;
}
