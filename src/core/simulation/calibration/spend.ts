/** Unit costs from monthly infrastructure invoices: what a CPU second, a request, a gigabyte and an account cost, none below 0. */

/** What a month's invoice paid for. */
export type SpendMonth = {
  readonly month: string;
  readonly amount: number;
  /** CPU seconds ÷ utilisation of the fleet: seconds that were paid for. */
  readonly paidSeconds: number;
  readonly millionRequests: number;
  readonly gigabytes: number;
  readonly accounts: number;
};

export const SPEND_COSTS = ['computeSecond', 'millionRequests', 'egressGigabyte', 'account'] as const;
export type SpendFit = {
  readonly costs: Readonly<Record<(typeof SPEND_COSTS)[number], number>>;
  /** Share of the variation of the invoices that the four drivers explain. */
  readonly explained: number;
  /** Drivers that move together too closely to be told apart, or that cost nothing by this fit. */
  readonly undetermined: readonly (typeof SPEND_COSTS)[number][];
};

const MOST_ROUNDS = 20_000;
const FIELDS = ['paidSeconds', 'millionRequests', 'gigabytes', 'accounts'] as const;

/** Non-negative least squares, one coordinate after the other. Months need not outnumber drivers, but should. */
export function fitSpend(months: readonly SpendMonth[]): SpendFit {
  const scales = FIELDS.map((field) => Math.sqrt(months.reduce((sum, month) => sum + month[field] ** 2, 0)) || 1);
  const columns = FIELDS.map((field, k) => months.map((month) => month[field] / scales[k]!));
  const weights = FIELDS.map(() => 0);
  const rest = months.map(({ amount }) => amount);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let moved = 0;
    for (const [k, column] of columns.entries()) {
      const length = column.reduce((sum, value) => sum + value * value, 0);
      if (length === 0) continue;
      const pull = column.reduce((sum, value, i) => sum + value * rest[i]!, 0) / length;
      const next = Math.max(0, weights[k]! + pull);
      const step = next - weights[k]!;
      if (step === 0) continue;
      weights[k] = next;
      for (let i = 0; i < rest.length; i++) rest[i]! -= step * column[i]!;
      moved = Math.max(moved, Math.abs(step));
    }
    if (moved < 1e-9 * Math.max(...weights, 1e-9)) break;
  }
  const mean = months.reduce((sum, { amount }) => sum + amount, 0) / months.length;
  const variation = months.reduce((sum, { amount }) => sum + (amount - mean) ** 2, 0);
  const left = rest.reduce((sum, value) => sum + value * value, 0);
  const entries = SPEND_COSTS.map((name, k) => [name, weights[k]! / scales[k]!] as const);
  return {
    costs: Object.fromEntries(entries) as SpendFit['costs'],
    explained: variation > 0 ? 1 - left / variation : 1,
    undetermined: SPEND_COSTS.filter(
      (_, k) => weights[k] === 0 || columns.some((other, j) => j !== k && cosine(columns[k]!, other) > 0.9999),
    ),
  };
}

/** Columns have length 1. */
function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
