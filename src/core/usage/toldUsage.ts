/** Usage of a customer in a day or a month, as it is told to whoever follows. */

export type UsageEntry = {
  readonly kind: 'day' | 'month';
  readonly customer: string;
  /** `2026-10-05`, `2026-10`. */
  readonly time: string;
  /** By the column that it has in account-months, exact. */
  readonly usage: Readonly<Record<string, string>>;
  /** Only of a month. */
  readonly peakDay?: string;
  /** Months since the customer's first row; null if that is in the first month there is. Only of a month. */
  readonly tenureMonths?: number | null;
};

/** `corrections`: how often it was told in another way before; 0: it is told for the first time. */
export type ToldUsage = { readonly entry: UsageEntry; readonly corrections: number };
