/** `meter.yaml` may be a tier file or hold settings of commands: the keys of tier files decide. */
import { tierFileSchema } from './tierSchema.ts';
import { readYaml } from './yamlFile.ts';

const TIER_KEYS: ReadonlySet<string> = new Set(Object.keys(tierFileSchema.shape));

/**
 * True for a text with a key of tier files at its top, or that is no map. A text that is no YAML is a tier file if
 * `pricing_tiers` begins a line of it.
 */
export function isTierFile(text: string, name: string): boolean {
  const { tree } = readYaml(text, name);
  if (tree === undefined) return /^\s*[{"']*pricing_tiers\b/m.test(text);
  if (tree === null) return false;
  if (typeof tree !== 'object' || Array.isArray(tree)) return true;
  return Object.keys(tree).some((key) => TIER_KEYS.has(key));
}
