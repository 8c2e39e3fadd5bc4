/** A customer's assignments on tiers, as a file lists them, to a history without holes. */
import { formatInstant, type Instant } from '../../core/calendar.ts';
import type { Assignment } from '../../core/catalog/customer.ts';
import type { Tier } from '../../core/catalog/tier.ts';
import { parseBoundary } from '../../core/period.ts';
import type { CodeOf } from '../../core/problemCodes.ts';

export type WrittenAssignment = {
  /** With the customer's contract in it; undefined if the file names none that exists. */
  readonly tier: Tier | undefined;
  readonly from: string;
  readonly to: string;
  /** Adds a problem where the file says this. */
  readonly report: (part: 'tier' | 'from' | 'to', code: CodeOf<'customers'>, message: string, hint?: string) => void;
};

/** In time order. What is wrong – no date, no price, overlap, gap – is reported; the result is then not to be used. */
export function historyOf(id: string, assignments: readonly WrittenAssignment[], zone: string): Assignment[] {
  const dated = assignments.map((assignment) => ({
    assignment,
    from: boundary(assignment, 'from', zone),
    to: boundary(assignment, 'to', zone),
  }));
  dated.sort((a, b) => (a.from ?? Number.NEGATIVE_INFINITY) - (b.from ?? Number.NEGATIVE_INFINITY) || 0);
  for (const [i, { assignment, from, to }] of dated.entries()) {
    if (from !== undefined && to !== undefined && to <= from) {
      assignment.report(
        'to',
        'ends-before-it-begins',
        `customer "${id}": this ends at ${assignment.to}, which is not after ${assignment.from}`,
      );
    }
    const before = dated[i - 1];
    if (!before) continue;
    const begun = from ?? Number.NEGATIVE_INFINITY;
    const ended = before.to ?? Number.POSITIVE_INFINITY;
    if (begun < ended) {
      const until = before.to === undefined ? 'has no end' : `lasts until ${before.assignment.to}`;
      const message = `customer "${id}" would be on two tiers at once: the stay before this one ${until}`;
      const hint = from === undefined ? 'give it a from' : `end the one before with to: ${assignment.from}`;
      assignment.report('from', 'overlap', message, hint);
    } else if (begun > ended) {
      const message = `customer "${id}" is on no tier between ${before.assignment.to} and ${assignment.from}`;
      assignment.report('from', 'gap', message, `begin this one at ${before.assignment.to}, or add what lies between`);
    }
  }
  for (const { assignment } of dated) checkPrices(id, assignment);
  return dated.flatMap(({ assignment: { tier }, from, to }) =>
    tier?.kind === 'listed' ? [{ tier, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }] : [],
  );
}

function boundary(assignment: WrittenAssignment, part: 'from' | 'to', zone: string): Instant | undefined {
  const text = assignment[part];
  if (text === '') return undefined;
  const instant = parseBoundary(text, zone);
  if (instant === undefined) {
    const hint = `write a day (2026-10-11, from its first instant in ${zone}) or an instant (${formatInstant(0)})`;
    assignment.report(part, 'not-a-date', `"${text}" is neither a day nor an RFC 3339 instant`, hint);
  }
  return instant;
}

function checkPrices(id: string, { tier, report }: WrittenAssignment): void {
  if (!tier) return;
  const missing = [...(tier.fee ? [] : ['a cost']), ...(tier.charges ? [] : ['overage prices'])];
  if (missing.length === 0) return;
  const message = `customer "${id}" is on tier ${tier.name}, which has no list price, without ${missing.join(' and ')} of its own`;
  report('tier', 'no-contract', message, 'give them in a YAML customers file (cost:, overage:), or name another tier');
}
