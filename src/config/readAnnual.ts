/** Annual plans beside the monthly ones: `annual: { share: 30%, discount: 20% }`. */
import type { CodeOf } from '../core/problemCodes.ts';
import type { AnnualTerms } from '../core/simulation/scenario.ts';
import type { ConfigReader } from './configReader.ts';
import type { Path } from './yamlFile.ts';

type AnnualText = { readonly share: string; readonly discount?: string | undefined };

/** `path`: that of the terms. */
export function readAnnual(
  text: AnnualText,
  reader: ConfigReader<CodeOf<'scenarios'>>,
  path: Path,
): AnnualTerms | undefined {
  const share = reader.share(text.share, [...path, 'share'])?.toNumber();
  const discount = text.discount === undefined ? 0 : reader.share(text.discount, [...path, 'discount'])?.toNumber();
  if (share === undefined || discount === undefined) return undefined;
  if (share <= 0 || share > 1) {
    const message = `${text.share} of customers on annual plans: it is above 0 % and at most 100 %`;
    reader.error('out-of-range', [...path, 'share'], message, 'leave annual out where nobody is on an annual plan');
    return undefined;
  }
  if (discount >= 1) {
    reader.error(
      'out-of-range',
      [...path, 'discount'],
      `a discount of ${text.discount} leaves no fee`,
      'write for instance 20%',
    );
    return undefined;
  }
  return { share, discount };
}
