/**
 * The causes of the difference between two invoices for the same usage.
 *
 * Fee, adjustments, credits and tax are the differences of these lines. Usage lines are rated again between the two
 * lists: with the limits of the second (`included`), then with the amounts of its prices (`price`); `steps` is the rest.
 */
import { assert } from '../assert.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { type Decimal, minus, plus, sum, ZERO } from '../decimal.ts';
import type { Billing } from '../invoice/billingRun.ts';
import type { InvoiceInput } from '../invoice/input.ts';
import type { Invoice, LineKind } from '../invoice/invoice.ts';
import { isSamePeriod } from '../period.ts';
import { rateStretch, type Stretch } from '../rating/rateStretch.ts';
import { addedCauses, type Causes, explained } from './causes.ts';
import { termsBetween } from './termsBetween.ts';

/** Empty: the two invoices come to the same in everything. */
export function priceCauses(before: Billing, after: Billing): Causes {
  const [one, other] = [before.invoice, after.invoice];
  const difference = (of: (invoice: Invoice) => Decimal) => minus(of(other), of(one));
  const causes = addedCauses([
    {
      fee: difference((invoice) => linesOf(invoice, ['fee'])),
      adjustments: difference((invoice) => linesOf(invoice, ['discount', 'maximum', 'minimum'])),
      credits: difference((invoice) => minus(linesOf(invoice, ['pack']), invoice.creditsApplied)),
      tax: difference(({ tax }) => tax),
    },
    usageCauses(before, after),
  ]);
  assert(
    explained(causes).eq(minus(other.total, one.total)),
    () => `causes of ${explained(causes)} for a change from ${one.total} to ${other.total} of "${one.customer}"`,
  );
  return causes;
}

function linesOf({ lines }: Invoice, kinds: readonly LineKind[]): Decimal {
  return sum(lines.filter(({ kind }) => kinds.includes(kind)).map(({ amount }) => amount));
}

/** Time on one tier before and one tier after, and the usage in it. */
type Cut = {
  readonly before: ListedTier;
  readonly after: ListedTier;
  readonly stretch: Stretch;
  /** Usage lines of both invoices, where each has this very stretch. */
  readonly known?: { readonly start: Decimal; readonly end: Decimal };
};

function usageCauses(before: Billing, after: Billing): Causes {
  const { input, invoice } = before;
  const cuts = cutsOf(before, after);
  if (cuts.every((cut) => cut.before === cut.after)) {
    return { tier: minus(linesOf(after.invoice, ['usage']), linesOf(invoice, ['usage'])) };
  }
  const causes = cuts.map((cut) => causesOfCut(cut, input));
  const first = sum(causes.map(({ start }) => start));
  const last = sum(causes.map(({ end }) => end));
  // Where stretches are cut in different places, cutting them alike may cost a few minor units.
  const cutting = plus(minus(first, linesOf(invoice, ['usage'])), minus(linesOf(after.invoice, ['usage']), last));
  return addedCauses([...causes.map((one) => one.causes), { tier: cutting }]);
}

function causesOfCut({ before, after, stretch, known }: Cut, input: InvoiceInput) {
  const terms = termsBetween(before, after);
  const start = known?.start ?? charged(stretch, terms.before, input);
  const included = terms.included === terms.before ? start : charged(stretch, terms.included, input);
  const price = terms.price === terms.included ? included : charged(stretch, terms.price, input);
  const end = terms.after === terms.price ? price : (known?.end ?? charged(stretch, terms.after, input));
  const causes: Causes = {
    included: minus(included, start),
    price: minus(price, included),
    steps: minus(end, price),
  };
  return { start, end, causes };
}

/** Sum of the usage lines of a stretch under other terms. */
function charged(stretch: Stretch, tier: ListedTier, { period, rateCard }: InvoiceInput): Decimal {
  if (tier.charges.size === 0) return ZERO;
  const { timezone, currency } = rateCard;
  const { lines } = rateStretch({ stretch: { ...stretch, tier }, position: 0, period, timezone, currency });
  return sum(lines.map(({ amount }) => amount));
}

/** The stretches themselves where both sides have the same, else the common parts of both. */
function cutsOf(one: Billing, other: Billing): Cut[] {
  const [before, after] = [one.input, other.input];
  const levels = new Set([...before.stretches, ...after.stretches].flatMap((one) => [...(one.levels ?? [])]));
  const isAligned =
    before.stretches.length === after.stretches.length &&
    before.stretches.every(({ period }, i) => isSamePeriod(period, after.stretches[i]!.period));
  if (isAligned) {
    return before.stretches.map((stretch, i) => {
      const known = { start: chargesIn(one.invoice, i), end: chargesIn(other.invoice, i) };
      return { before: stretch.tier, after: after.stretches[i]!.tier, stretch: { ...stretch, levels }, known };
    });
  }
  const parts = partsOf(after.stretches);
  return partsOf(before.stretches).flatMap(({ tier, period, stretch }) =>
    parts.flatMap((part): Cut[] => {
      const common = { start: Math.max(period.start, part.period.start), end: Math.min(period.end, part.period.end) };
      if (common.start >= common.end) return [];
      const { usageIn } = stretch;
      assert(usageIn !== undefined, () => 'the usage of a part of a stretch is not known');
      return [
        { before: tier, after: part.tier, stretch: { tier, period: common, usage: usageIn(common), usageIn, levels } },
      ];
    }),
  );
}

/** Sum of the usage lines of one stretch. */
function chargesIn({ lines }: Invoice, position: number): Decimal {
  return sum(lines.filter(({ kind, stretch }) => kind === 'usage' && stretch === position).map(({ amount }) => amount));
}

function partsOf(stretches: readonly Stretch[]) {
  return stretches.flatMap((stretch) =>
    (stretch.parts ?? [stretch]).map(({ tier, period }) => ({ tier, period, stretch })),
  );
}
