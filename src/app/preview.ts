/** The first rows of exports, as meter reads them. */
import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { type PreviewRow, previewRows } from '../telemetry/reference/preview.ts';
import { tiersOrBuiltIn } from './builtInRateCard.ts';
import { inputNames, type Ports } from './ports.ts';
import { exportsCalled, type ReadingOptions, readingRequest } from './readingOptions.ts';
import { knownFormats } from './recognise.ts';
import { type Outcome, outcomeOf, Refusal } from './refusal.ts';

/** `tiers`: name of the tier file that has the meters; absent: the one that is found, or the built-in meters. */
export type PreviewOptions = ReadingOptions & { readonly tiers?: string; readonly rows: number };

export type Preview = { readonly rows: readonly PreviewRow[]; readonly meters: readonly Meter[] };

export function previewExports(
  exports: readonly string[],
  options: PreviewOptions,
  ports: Ports,
): Promise<Outcome<Preview>> {
  return outcomeOf(async () => {
    const rateCard = await tiersOrBuiltIn(options.tiers, ports);
    const sources = await exportsCalled(exports, options, ports);
    ports.beforeReading(inputNames(sources, [options.tiers, options.map, options.lookup]));
    const meters = [...rateCard.meters.values()];
    const reading = await readingRequest(options, rateCard.meters, ports);
    const kept = ledgerDimensions(rateCard, new Map()).dimensions;
    const dimensions = [...new Set(['region', 'route', ...kept, ...(reading.mapping?.dimensions.keys() ?? [])])];
    const request = { ...reading, sources, meters, dimensions, signal: ports.signal };
    const { rows, failures } = await previewRows(request, options.rows);
    const isStrange = failures.length > 0 || rows.every(({ kind }) => kind === 'rejected');
    const known = isStrange && !reading.mapping ? await knownFormats(sources) : [];
    if (known.length + failures.length > 0) throw new Refusal('input', known.length > 0 ? known : failures);
    return { rows, meters };
  });
}
