/** A comparison as JSON. Fields as in docs/price-changes.md. */
import type { Decimal } from '../../core/decimal.ts';
import { CAUSES, type Causes } from '../../core/diff/causes.ts';
import type { CustomerChange } from '../../core/diff/customerChange.ts';
import { type BookedPair, matchLines } from '../../core/diff/matchLines.ts';
import { type Distribution, isOnBothSides, type Money } from '../../core/diff/summary.ts';
import { type Currency, formatMoney, roundToMinorUnit } from '../../core/money.ts';
import { outcomeObjects } from '../checks.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { indentedJson, safeJson } from '../safeText.ts';
import type { ComparisonReport, DiffFormat, DiffReport } from './report.ts';

export const diffJson: DiffFormat = function* (report) {
  const { currency, before, period, kind } = report;
  const head = { formatVersion: FORMAT_VERSION, kind: 'diff', of: kind, currency: currency.code, before, period };
  yield `${safeJson(head, 2).slice(0, -2)},\n  "comparisons": [`;
  let between = '\n    ';
  for (const comparison of report.comparisons) {
    yield `${between}${indentedJson(summaryObject(comparison, report), 4).slice(0, -6)},\n      "changes": [`;
    let beforeOne = '\n        ';
    for (const change of comparison.changes) {
      yield beforeOne + indentedJson(changeObject(change, report, comparison.pairsOf(change.customer)), 8);
      beforeOne = ',\n        ';
    }
    yield comparison.changes.length === 0 ? ']\n    }' : '\n      ]\n    }';
    between = ',\n    ';
  }
  yield '\n  ]\n}\n';
};

/** One comparison for rules: the fields of its JSON, without invoices. */
export function comparisonResult(comparison: ComparisonReport, report: DiffReport): Record<string, unknown> {
  let changes: Record<string, unknown>[] | undefined;
  return {
    ...summaryObject(comparison, report),
    currency: report.currency.code,
    get changes() {
      changes ??= comparison.changes.map((change) => changeObject(change, report));
      return changes;
    },
  };
}

function summaryObject(
  { name, summary, grandfathered, checks }: ComparisonReport,
  { currency }: DiffReport,
): Record<string, unknown> {
  const money = (amount: Decimal) => formatMoney(amount, currency);
  const { customers, causes, change, increase, tiers, cheaperElsewhere } = summary;
  return {
    name,
    revenue: moneyObject(summary.revenue, currency),
    customers,
    causes: causesObject(causes, currency, true),
    change: change ? distributionObject(change, money) : null,
    increase: increase ? distributionObject(increase, String) : null,
    tiers: tiers.map(({ tier, customers: counts, revenue }) => ({
      tier: tier === '' ? null : tier,
      customers: counts,
      revenue: moneyObject(revenue, currency),
    })),
    cheaperElsewhere: { customers: cheaperElsewhere.customers, saving: money(cheaperElsewhere.saving) },
    ...(grandfathered && {
      grandfathered: {
        above: grandfathered.bound.toFixed(),
        customers: grandfathered.customers.map(({ customer }) => customer),
        perMonth: money(roundToMinorUnit(grandfathered.perMonth, currency)),
      },
    }),
    ...(checks.length > 0 && { checks: outcomeObjects(checks) }),
  };
}

function moneyObject({ before, after, change, increase }: Money, currency: Currency): Record<string, string | null> {
  const money = (amount: Decimal) => formatMoney(amount, currency);
  return {
    before: money(before),
    after: money(after),
    change: money(change),
    increase: increase ? increase.toString() : null,
  };
}

/** Every cause of a summary, so that rules may name it; of a customer those that are not 0. */
function causesObject(causes: Causes, currency: Currency, isWhole: boolean): Record<string, string> {
  const object: Record<string, string> = {};
  for (const cause of CAUSES) {
    const amount = causes[cause];
    if (amount) object[cause] = formatMoney(amount, currency);
    else if (isWhole) object[cause] = '0';
  }
  return object;
}

function distributionObject<V>(
  { smallest, p5, p25, p50, p75, p95, largest }: Distribution<V>,
  text: (value: V) => string,
): Record<string, string> {
  const values = { smallest, p5, p25, p50, p75, p95, largest };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

/** `increase` is null where nothing was owed before, and lacking for a customer that is billed on one side only. */
function changeObject(
  one: CustomerChange,
  { currency }: DiffReport,
  pairs?: readonly BookedPair[],
): Record<string, unknown> {
  const money = (amount: Decimal) => formatMoney(amount, currency);
  const { customer, tierBefore, tierAfter, before, after, change, increase, causes, cheaper } = one;
  return {
    customer,
    tierBefore: tierBefore ?? null,
    tierAfter: tierAfter ?? null,
    before: money(before),
    after: money(after),
    change: money(change),
    ...(isOnBothSides(one) && { increase: increase ? increase.toString() : null }),
    causes: causesObject(causes, currency, false),
    ...(one.isMoreBlocked && { moreBlocked: true }),
    ...(cheaper && { cheaper: { tier: cheaper.tier, total: money(cheaper.total) } }),
    ...(pairs && { invoices: pairs.map((pair) => pairObject(pair, currency)) }),
  };
}

function pairObject(pair: BookedPair, currency: Currency): Record<string, unknown> {
  const money = (amount: Decimal | undefined) => (amount ? formatMoney(amount, currency) : null);
  const { before, after } = pair;
  return {
    period: (after ?? before)!.period,
    before: money(before?.total),
    after: money(after?.total),
    lines: matchLines(pair).map((line) => ({
      key: line.key,
      kind: line.kind,
      description: (line.after ?? line.before)!.description,
      before: money(line.before?.amount),
      after: money(line.after?.amount),
      change: money(line.change),
    })),
  };
}
