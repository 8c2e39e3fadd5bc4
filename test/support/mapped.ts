/** A run of `meter usage` with a mapping: what tests of mappings look at. */
import { runMeter } from './runMeter.ts';
import { temporaryDirectory } from './temporary.ts';

/** A meter in a product of units beside the built-in ones. */
export const MEMORY_TIERS = `
meters:
  memory: { field: memory, unit: GB·s }
pricing_tiers: { free: { cost: 0 } }
`;

export type MappedExport = {
  readonly map: string;
  readonly rows: string | Uint8Array;
  /** Other files. */
  readonly more?: Record<string, string>;
  readonly flags?: string;
};

/**
 * Usage by customer: `customer,month,requests,compute,egress,memory`, a total of 0 as nothing; and the counts of rows.
 */
export async function usageOf({ map, rows, more = {}, flags = '' }: MappedExport) {
  const cwd = temporaryDirectory({ 'map.yaml': map, rows, 'tiers.yaml': MEMORY_TIERS, ...more });
  const args = ['usage', 'rows', '--map', 'map.yaml', '--max-rejects', '99', ...flags.split(' ').filter(Boolean)];
  const { stdout, stderr, exitCode } = await runMeter(args, { cwd });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .split(',')
        .slice(0, 6)
        .join(',')
        .replaceAll(/,0(?=,|$)/g, ','),
    );
  return { lines, counts: /^[\d ]+ rows? read = .*$/m.exec(stderr)?.[0], stderr, exitCode };
}
