/** One row for each entry, the fields as in JSON; nothing where JSON has null. */
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { csvRow } from '../safeText.ts';
import { entryObject } from './json.ts';
import type { TimelineFormat } from './report.ts';

const COLUMNS: readonly (readonly [name: string, ...path: string[]])[] = [
  ...(['at', 'kind', 'customer', 'tier', 'meter', 'threshold', 'used', 'limit'] as const).map(
    (name) => [name, name] as const,
  ),
  ['projected_used', 'projected', 'used'],
  ['projected_overage', 'projected', 'overage'],
  ['recommend_tier', 'recommend', 'tier'],
  ['recommend_saves', 'recommend', 'saves'],
  ['upgrade_url', 'upgradeUrl'],
  ['period_start', 'period', 'start'],
  ['period_end', 'period', 'end'],
  ['resolution', 'resolution'],
  ['capped', 'capped'],
  ['unblock_tier', 'unblock', 'tier'],
  ['unblock_costs', 'unblock', 'costs'],
  ['credit', 'credit'],
  ['pack', 'pack'],
  ['day', 'day'],
  ['seconds', 'seconds'],
  ['above', 'above'],
  ['reason', 'reason'],
  ['caveat', 'caveat'],
  ['unsure', 'unsure'],
];

export const timelineCsv: TimelineFormat = function* ({ entries, currency }) {
  yield csvRow([...COLUMNS.map(([name]) => name), 'currency']);
  const cells = (entry: TimelineEntry) => {
    const object = entryObject(entry, currency);
    return COLUMNS.map(([, ...path]) => textAt(object, path));
  };
  for (const entry of entries) yield csvRow([...cells(entry), currency.code]);
};

function textAt(object: Record<string, unknown>, path: readonly string[]): string {
  let value: unknown = object;
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value === undefined || value === null ? '' : String(value);
}
