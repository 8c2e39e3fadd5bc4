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
  /** Absent: electronic invoices take the one that rate and reason stand for. */
  readonly category?: TaxCategory;
};

/**
 * Categories of value added tax in electronic invoices (UNCL5305): standard rate, zero rate, exempt, reverse charge,
 * supply within the European Union, export, and outside the scope of the tax.
 */
export const TAX_CATEGORIES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O'] as const;
export type TaxCategory = (typeof TAX_CATEGORIES)[number];
