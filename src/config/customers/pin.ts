/** A customer's price list: which one, until when, and whether there is one of that name. */
import type { Instant } from '../../core/calendar.ts';
import type { Customer } from '../../core/catalog/customer.ts';
import { didYouMean } from '../../core/problem.ts';
import type { CodeOf } from '../../core/problemCodes.ts';

/** Names of price lists, and of their files without ending. */
export type ListNames = readonly string[];

export type PinReport = (part: 'list' | 'until', code: CodeOf<'customers'>, message: string, hint: string) => void;

/** `end`: the instant of `until`, undefined where that is none. */
export function pinOf(
  { list, until, end }: { list: string | undefined; until: string | undefined; end: Instant | undefined },
  lists: ListNames | undefined,
  report: PinReport,
): Pick<Customer, 'pin'> {
  if (until !== undefined && list === undefined) {
    report('until', 'until-without-list', `price_list_until: ${until} has no price_list`, 'say which list it ends');
  }
  if (until !== undefined && end === undefined) {
    const hint = 'write a day (2027-01-01) or an instant (2027-01-01T00:00:00Z)';
    report('until', 'not-a-date', `"${until}" is neither a day nor an RFC 3339 instant`, hint);
  }
  if (list === undefined) return {};
  if (lists && !lists.includes(list)) {
    const meant = didYouMean(list, lists);
    const hint = meant ? `did you mean ${meant}?` : `name its file with --tiers, too; known: ${lists.join(', ')}`;
    report('list', 'unknown-price-list', `there is no price list "${list}"`, hint);
  }
  return { pin: { list, ...(end !== undefined && { until: end }) } };
}
