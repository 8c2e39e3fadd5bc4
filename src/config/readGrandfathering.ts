/** The policy that spares accounts for a while: `grandfather: { months: 6, above: 25% }`, or `none`. */
import { GRANDFATHER_RISE } from '../core/simulation/defaults.ts';
import type { Policies } from '../core/simulation/scenario.ts';
import type { ConfigReader } from './configReader.ts';
import type { Path } from './yamlFile.ts';

type GrandfatherText = 'none' | { readonly months: string; readonly above?: string | undefined };

/** The policies with the grandfathering that `text` says; `path` is where the policies stand. */
export function withGrandfathering(
  policies: Policies,
  text: GrandfatherText,
  reader: ConfigReader,
  path: Path,
): Policies {
  const { grandfather: _, ...others } = policies;
  if (text === 'none') return others;
  const months = reader.count(text.months, [...path, 'grandfather', 'months']);
  const above =
    text.above === undefined
      ? GRANDFATHER_RISE
      : reader.share(text.above, [...path, 'grandfather', 'above'])?.toNumber();
  return months === undefined || above === undefined ? others : { ...others, grandfather: { months, above } };
}
