/** From the keys of a mapping file to what its quantities mean. */
import type { Meter } from '../core/catalog/meter.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import { failed, parseNumber } from '../core/quantity.ts';
import type { RowTerms } from '../core/usage/rowTerms.ts';
import type { ConfigReader } from './configReader.ts';
import type { MappingFile } from './mappingSchema.ts';

type MappingReader = ConfigReader<CodeOf<'mapping'>>;

/** Undefined if every row is an amount that was used at its instant. */
export function readRowTerms(
  tree: MappingFile,
  meters: ReadonlyMap<string, Meter>,
  reader: MappingReader,
): RowTerms | undefined {
  const cumulative = cumulativeMeters(tree, meters, reader);
  const { series = [], start } = tree;
  if (series.length > 0 && cumulative.size === 0 && start === undefined)
    reader.error(
      'nothing-cumulative',
      ['series'],
      'series is about counters and intervals, and there are none',
      'add temporality: cumulative, or start with the column in which an amount begins',
      'key',
    );
  return cumulative.size === 0 && start === undefined ? undefined : { cumulative, series, start };
}

function cumulativeMeters(
  { temporality: general, meters: sources }: MappingFile,
  meters: ReadonlyMap<string, Meter>,
  reader: MappingReader,
): Set<string> {
  const found = new Set<string>();
  const add = (meter: Meter, path: readonly string[]) => {
    if (meter.aggregation === 'sum' || meter.aggregation === 'percentile') found.add(meter.name);
    else if (path.length > 1 || sources)
      reader.error(
        'not-additive',
        path,
        `${meter.name} is aggregated by ${meter.aggregation}, which the increase of a counter does not fit`,
        'counters fit meters with aggregate: sum or a percentile',
      );
  };
  if (!sources && general === 'cumulative') for (const meter of meters.values()) add(meter, ['temporality']);
  for (const [name, source] of Object.entries(sources ?? {})) {
    const meter = meters.get(name);
    const own = typeof source === 'object' ? source.temporality : undefined;
    const isField = typeof source === 'object' || failed(parseNumber(source));
    if (!meter || !isField || (own ?? general) !== 'cumulative') continue;
    add(meter, own ? ['meters', name, 'temporality'] : ['temporality']);
  }
  return found;
}
