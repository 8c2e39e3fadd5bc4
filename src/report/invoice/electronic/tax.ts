/** Categories of value added tax, as EN 16931 has them, from the tax that tier and customers files know. */
import type { TaxCategory } from '../../../core/catalog/tax.ts';
import type { TaxDetail } from '../../../core/invoice/invoice.ts';

/** Reasons of a rate of 0 that stand for a category; any other reason is one of an exemption. */
const BY_REASON: Readonly<Record<string, TaxCategory>> = {
  exempt: 'E',
  'reverse charge': 'AE',
  'intra-community supply': 'K',
  export: 'G',
  'outside scope': 'O',
  'zero rated': 'Z',
};

/** Codes of the list VATEX for categories whose reason is always the same. */
const CODES: Partial<Record<TaxCategory, string>> = {
  AE: 'VATEX-EU-AE',
  K: 'VATEX-EU-IC',
  G: 'VATEX-EU-G',
  O: 'VATEX-EU-O',
};

/** `reason` and `code` (BT-120, BT-121): why there is no tax; absent of S and Z, which need none. */
export type CategoryTerms = {
  readonly category: TaxCategory;
  readonly reason?: string;
  readonly code?: string;
};

/** A rate of 0 without a reason is a zero rate. */
export function categoryOf({
  rate,
  reason,
  category: named,
}: Pick<TaxDetail, 'rate' | 'reason' | 'category'>): CategoryTerms {
  const category = named ?? (rate.isZero() ? (reason === undefined ? 'Z' : (BY_REASON[reason] ?? 'E')) : 'S');
  if (category === 'S' || category === 'Z') return { category };
  const code = CODES[category];
  return { category, reason: reason ?? NAMES[category], ...(code !== undefined && { code }) };
}

const NAMES = {
  E: 'exempt',
  AE: 'reverse charge',
  K: 'intra-community supply',
  G: 'export',
  O: 'outside scope',
} as const;
