/** Recognises the kind of a configuration file from its text, so that a command can be given several kinds at once. */
import { isForeignRouteFile } from './edge/index.ts';
import { isSavedEstimate } from './edge/savedEstimate.ts';
import { tierFileSchema } from './tierSchema.ts';
import { readYaml } from './yamlFile.ts';

export type FileKind =
  | 'tiers'
  | 'customers'
  | 'routes'
  | 'traffic'
  | 'scenarios'
  | 'parameters'
  | 'targets'
  | 'mapping'
  | 'history'
  | 'estimate'
  | 'export';

/** Top-level keys that only files of that kind have. The first kind with one of them it is. */
const OWN_KEYS: readonly (readonly [FileKind, readonly string[]])[] = [
  ['tiers', ['pricing_tiers']],
  ['customers', ['customers']],
  ['routes', ['routes']],
  ['scenarios', ['scenarios']],
  ['targets', ['targets']],
  ['parameters', ['behaviour', 'costs']],
  [
    'mapping',
    ['timestamp', 'customer_id', 'event_id', 'source', 'region', 'route', 'dimensions', 'time_unit', 'quotes'].concat([
      'multiline_fields',
      ...['ignore_columns', 'where', 'each', 'comments', 'header', 'format', 'split', 'input_format'],
    ]),
  ],
];

/** The key that distinguishes each kind of file, for people. */
export const KINDS_IN_WORDS =
  'a tier file has pricing_tiers:, a customers file customers:, a route configuration or a traffic file routes:, a scenarios file scenarios:, a parameters file behaviour: or costs:, a targets file targets:, a mapping file meters: or names of columns';

/**
 * Kind of a file. Undefined: a map with none of the keys that our files have. A text that is no map, or that has other
 * keys of tier files, is read as a tier file, and reported as an incomplete one.
 */
export function kindOfFile(text: string, name: string): FileKind | undefined {
  if (/\.csv$/i.test(name) || /^\uFEFF?"?customer_id\b/.test(text)) return kindOfCsv(text);
  if (isSavedEstimate(text)) return 'estimate';
  if (isForeignRouteFile(text, name)) return 'routes';
  const { tree } = readYaml(text, name);
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return 'tiers';
  return kindOfMap(tree as Readonly<Record<string, unknown>>);
}

function kindOfCsv(text: string): FileKind {
  if (['timestamp', 'time', 'ts', '@timestamp'].some((name) => hasColumn(text, name))) return 'export';
  return hasColumn(text, 'month') ? 'history' : 'customers';
}

function kindOfMap(map: Readonly<Record<string, unknown>>): FileKind | undefined {
  const keys = Object.keys(map);
  const kind = OWN_KEYS.find(([, own]) => own.some((key) => keys.includes(key)))?.[0];
  if (kind === 'routes') return Array.isArray(map.routes) ? 'routes' : 'traffic';
  if (kind === 'parameters' && keys.some((key) => TIER_KEYS.has(key) && key !== 'costs' && key !== 'version'))
    return 'tiers';
  if (kind) return kind;
  if (keys.length > 0 && Object.values(map).every(isTraffic)) return 'traffic';
  if (keys.length === 1 && keys[0] === 'meters' && isMapped(map.meters)) return 'mapping';
  return keys.length === 0 || keys.some((key) => TIER_KEYS.has(key)) ? 'tiers' : undefined;
}

const TIER_KEYS: ReadonlySet<string> = new Set(Object.keys(tierFileSchema.shape));

/** A history has a `month` for each customer, as `meter usage` writes them; a usage export has a `timestamp`. */
function hasColumn(text: string, name: string): boolean {
  const header = text
    .replace(/^\uFEFF/, '')
    .split(/[\r\n]/, 1)[0]!
    .split(',');
  return header.some((column) => column.replaceAll('"', '').trim() === name);
}

/** `40M/month`, or low, expected and high. */
function isTraffic(value: unknown): boolean {
  if (typeof value === 'string') return /^[\d._]+\s*\w*\s*\/\s*[a-z]+$/i.test(value);
  return typeof value === 'object' && value !== null && ('expected' in value || 'traffic' in value);
}

/** Meters of a mapping: names of columns, numbers, or a field with its unit as an export has it. */
function isMapped(meters: unknown): boolean {
  if (typeof meters !== 'object' || meters === null) return false;
  return Object.values(meters).some((one) => typeof one === 'string');
}
