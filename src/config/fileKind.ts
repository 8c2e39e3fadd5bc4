/** Which kind of file of ours a text is, so that a command can be given several kinds at once. */
import { isForeignRouteFile } from './edge/index.ts';
import { readYaml } from './yamlFile.ts';

/** By the top-level keys that only files of that kind have. */
const OWN_KEYS = {
  tiers: ['pricing_tiers'],
  customers: ['customers'],
  routes: ['routes'],
  scenarios: ['scenarios'],
} as const satisfies Record<string, readonly string[]>;
export type FileKind = keyof typeof OWN_KEYS;

/** A text that is of no kind is taken for a tier file: what is said of it then is what it lacks. */
export function kindOfFile(text: string, name: string): FileKind {
  if (/\.csv$/i.test(name) || /^\uFEFF?"?customer_id\b/.test(text)) return 'customers';
  if (isForeignRouteFile(text, name)) return 'routes';
  const { tree } = readYaml(text, name);
  const keys = typeof tree === 'object' && tree !== null ? Object.keys(tree) : [];
  const kinds = Object.entries(OWN_KEYS) as [FileKind, readonly string[]][];
  return kinds.find(([, own]) => own.some((key) => keys.includes(key)))?.[0] ?? 'tiers';
}
