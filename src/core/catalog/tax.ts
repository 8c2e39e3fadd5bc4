import type { Decimal } from '../decimal.ts';

/** Tax on what is left of an invoice after credits. */
export type Tax = {
  /** 20 % is 0.2. */
  readonly share: Decimal;
  /** True: amounts already contain it. */
  readonly included: boolean;
  /** Text of the rate: `20%`. */
  readonly text: string;
  /** Reason of a rate that is a customer's own: `reverse charge`. */
  readonly reason?: string;
};
