/** Customers on tiers that no price list prices at the time: problems that name them. */
import type { Customer, Unpriced } from '../catalog/customer.ts';
import { boundaryLabel, type Period } from '../period.ts';
import type { Problem } from '../problem.ts';

/** Names that a problem lists. */
const MOST_NAMES = 5;

export class UnpricedStays {
  private readonly timezone: string;
  /** Customers by the tier and the list that lacks it. */
  private readonly found = new Map<string, { readonly stay: Unpriced; readonly customers: string[] }>();

  constructor(timezone: string) {
    this.timezone = timezone;
  }

  /** `billed`: the periods in which the customer would be billed. */
  add({ id, unpriced = [] }: Customer, billed: () => readonly Period[]): void {
    if (unpriced.length === 0) return;
    const periods = billed();
    for (const stay of unpriced) {
      if (!periods.some(({ start, end }) => stay.period.start < end && stay.period.end > start)) continue;
      const key = JSON.stringify([stay.tier, stay.list]);
      const known = this.found.get(key);
      if (!known) this.found.set(key, { stay, customers: [id] });
      else if (known.customers.at(-1) !== id) known.customers.push(id);
    }
  }

  problems(): Problem[] {
    return [...this.found.values()].map(({ stay, customers }) => {
      const { tier, list, first, period } = stay;
      const names = customers.slice(0, MOST_NAMES).map((id) => `"${id}"`);
      const more = customers.length - names.length;
      const who = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      if (list === undefined) {
        return {
          severity: 'error',
          code: 'billing/no-price-list',
          message: `the first price list, ${first}, is not valid before ${boundaryLabel(period.end, this.timezone)}, and on ${tier} then: ${who}`,
          hint: 'add the list that was valid before, or leave valid_from out of the first one',
        };
      }
      return {
        severity: 'error',
        code: 'billing/no-tier-in-list',
        message: `price list ${list} has no tier ${tier} with prices, and on it then: ${who}`,
        hint: 'move them to another tier in the customers file, or pin them to an earlier list: price_list, price_list_until',
      };
    });
  }
}
