import type { Tax } from '../core/catalog/tax.ts';
import { ZERO } from '../core/decimal.ts';
import type { ConfigReader } from './configReader.ts';
import type { Path } from './yamlFile.ts';

type TaxText = string | { readonly rate: string; readonly reason?: string | undefined };

/** `exempt`, `10%`, or a rate with its reason; `0` is 0%. Undefined if a problem was reported. */
export function readTax(text: TaxText, path: Path, reader: ConfigReader): Omit<Tax, 'included'> | undefined {
  if (text === 'exempt') return { share: ZERO, text: '0%', reason: 'exempt' };
  const { rate, reason } = typeof text === 'string' ? { rate: text } : text;
  const written = /^0+(\.0+)?$/.test(rate.trim()) ? '0%' : rate.trim();
  const share = reader.share(written, typeof text === 'string' ? path : [...path, 'rate']);
  return share && { share, text: written, ...(reason !== undefined && { reason }) };
}
