/** From the keys of a mapping file to what its quantities mean. */
import type { Meter } from '../core/catalog/meter.ts';
import type { Decimal } from '../core/decimal.ts';
import { failed, parseNumber } from '../core/quantity.ts';
import { NO_TERMS, parseSampleRate, type RowTerms, withSampleRate } from '../core/usage/rowTerms.ts';
import { type FormNames, type MappingReader, readForm } from './fieldForms.ts';
import type { MappingFile } from './mappingSchema.ts';

/** Undefined if every row is an amount that was used at its instant. */
export function readRowTerms(
  tree: MappingFile,
  meters: ReadonlyMap<string, Meter>,
  names: FormNames,
  reader: MappingReader,
): RowTerms | undefined {
  const cumulative = cumulativeMeters(tree, meters, reader);
  const { start } = tree;
  const series = (tree.series ?? []).flatMap((written, i) => {
    const form = readForm(written, ['series', i], reader);
    return form ? [names.of(form)] : [];
  });
  if (series.length > 0 && cumulative.size === 0 && start === undefined)
    reader.error(
      'nothing-cumulative',
      ['series'],
      'series is about counters and intervals, and there are none',
      'add temporality: cumulative, or start with the column in which an amount begins',
      'key',
    );
  const sampleRate = readSampleRate(tree, reader);
  const { weight } = tree;
  if (cumulative.size > 0 && (sampleRate || weight !== undefined))
    reader.error(
      'sampled-counter',
      [sampleRate ? 'sample_rate' : 'weight'],
      'a counter has counted everything, whatever share of its readings there is',
      'take it out, or temporality: cumulative',
      'key',
    );
  refuseWeightedCounts(tree, meters, reader);
  const { corrects } = tree;
  const allowsNegative = tree.corrections === 'allow';
  if ((cumulative.size > 0 || start !== undefined) && (allowsNegative || corrects !== undefined))
    reader.error(
      'corrected-counter',
      [allowsNegative ? 'corrections' : 'corrects'],
      'corrections take back amounts that were used at an instant, not counters and intervals',
      'take it out, or temporality: cumulative and start',
      'key',
    );
  const { temporality } = tree;
  const readings =
    typeof temporality === 'object' ? { field: temporality.field, texts: temporality.cumulative } : undefined;
  const terms = { cumulative, readings, series, start, sampleRate, weight, allowsNegative, corrects };
  const fields = [start, sampleRate, weight, corrects];
  const isPlain = cumulative.size === 0 && !allowsNegative && fields.every((field) => field === undefined);
  return isPlain ? undefined : terms;
}

function readSampleRate({ sample_rate: text }: MappingFile, reader: MappingReader): Decimal | undefined {
  if (text === undefined) return undefined;
  const rate = parseSampleRate(text);
  if (!rate) reader.error('not-a-sample-rate', ['sample_rate'], `"${text}" is not a share above 0`, 'write 0.1 or 10%');
  return rate && withSampleRate(NO_TERMS, rate).sampleRate;
}

function refuseWeightedCounts(
  { weight, meters: sources }: MappingFile,
  meters: ReadonlyMap<string, Meter>,
  reader: MappingReader,
): void {
  if (weight === undefined) return;
  for (const { name, aggregation } of meters.values()) {
    if (aggregation !== 'count' || (sources && !Object.hasOwn(sources, name))) continue;
    const hint = 'give the meter aggregate: sum, and the mapping a 1 for it';
    reader.error('weighted-count', ['weight'], `${name} counts rows, each of them as one`, hint);
  }
}

function cumulativeMeters(
  { temporality, meters: sources }: MappingFile,
  meters: ReadonlyMap<string, Meter>,
  reader: MappingReader,
): Set<string> {
  const general = typeof temporality === 'object' ? 'cumulative' : temporality;
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
