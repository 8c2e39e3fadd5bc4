import type { Tax, TaxCategory } from '../core/catalog/tax.ts';
import { type Decimal, ZERO } from '../core/decimal.ts';
import type { ConfigReader } from './configReader.ts';
import type { Path } from './yamlFile.ts';

type TaxText =
  | string
  | { readonly rate: string; readonly reason?: string | undefined; readonly category?: TaxCategory | undefined };

/** `exempt`, `10%`, or a rate with its reason; `0` is 0%. Undefined if a problem was reported. */
export function readTax(
  text: TaxText,
  path: Path,
  reader: ConfigReader<'bad-tax-category'>,
): Omit<Tax, 'included'> | undefined {
  if (text === 'exempt') return { share: ZERO, text: '0%', reason: 'exempt' };
  const { rate, reason, category } = typeof text === 'string' ? { rate: text } : text;
  const written = /^0+(\.0+)?$/.test(rate.trim()) ? '0%' : rate.trim();
  const share = reader.share(written, typeof text === 'string' ? path : [...path, 'rate']);
  const fault = category && share && categoryFault(category, share);
  if (fault) reader.error('bad-tax-category', [...path, 'category'], fault.message, fault.hint);
  return share && { share, text: written, ...(reason !== undefined && { reason }), ...(category && { category }) };
}

/** S alone has a rate above 0. */
export function categoryFault(category: TaxCategory, rate: Decimal) {
  if ((category === 'S') === rate.gt(ZERO)) return undefined;
  const message = `category ${category} does not go with a rate of ${rate.times(100).toFixed()}%`;
  return { message, hint: 'S is for rates above 0; Z, E, AE, K, G and O are for 0%' };
}
