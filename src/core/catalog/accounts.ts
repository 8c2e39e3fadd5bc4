/** Kinds of bookings that may have a revenue account of their own. */
export const ACCOUNT_KINDS = ['fee', 'usage', 'discount', 'maximum', 'minimum', 'pack', 'credits'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** Names of ledger accounts, as the user's books call them. */
export type Accounts = {
  /** Debited with the total of an invoice. */
  readonly receivable: string;
  /** Credited with tax, be it added or contained. */
  readonly tax: string;
  /** Account of every kind and tier that has none of its own. */
  readonly revenue: string;
  /** A kind's account for all tiers, or by tier. */
  readonly kinds: ReadonlyMap<AccountKind, string | ReadonlyMap<string, string>>;
};
