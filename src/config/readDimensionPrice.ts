/** A price by one dimension of the telemetry, or by two together. */

import { groupingName, groupOf } from '../core/catalog/grouping.ts';
import type { Meter } from '../core/catalog/meter.ts';
import type { DimensionCharge } from '../core/catalog/tier.ts';
import type { Price } from '../core/pricing/index.ts';
import type { SharedCode } from '../core/problemCodes.ts';
import type { ConfigReader } from './configReader.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type TermsReader = ConfigReader<SharedCode<'terms'>>;

type PriceText = Exclude<NonNullable<TierFile['pricing_tiers'][string]['overage']>, string>[string];
export type DimensionPriceText = Extract<PriceText, { by: unknown }>;
export type SinglePriceText = Exclude<PriceText, DimensionPriceText | null>;

/** `readPrice` reads what stands at a path. */
export function readDimensionPrice(
  reader: TermsReader,
  tree: DimensionPriceText,
  path: Path,
  meter: Meter,
  readPrice: (price: SinglePriceText, path: Path) => Price | undefined,
): DimensionCharge {
  const dimensions = typeof tree.by === 'string' ? [tree.by] : tree.by;
  checkDimensions(reader, dimensions, tree, path);
  if (meter.aggregation !== 'sum' && meter.aggregation !== 'count') {
    const message = `${meter.name} is aggregated by ${meter.aggregation}: its parts by ${dimensions.join(' and ')} do not add up to the whole`;
    const hint = 'price it as a whole, or aggregate by sum or count';
    reader.error('parts-do-not-add-up', [...path, 'by'], message, hint);
  }
  const prices = new Map<string, Price>();
  for (const [values, text] of pricesIn(tree)) {
    const read = readPrice(text, [...path, 'prices', ...values]);
    if (read) prices.set(groupOf(values), read);
  }
  const otherwise = tree.default === undefined ? undefined : readPrice(tree.default, [...path, 'default']);
  const dimension = groupingName(dimensions);
  return { kind: 'byDimension', dimensions, dimension, prices, ...(otherwise && { otherwise }) };
}

function checkDimensions(
  reader: TermsReader,
  dimensions: readonly string[],
  { by }: DimensionPriceText,
  path: Path,
): void {
  for (const [i, dimension] of dimensions.entries()) {
    const at = typeof by === 'string' ? [...path, 'by'] : [...path, 'by', i];
    reader.dimension(dimension, at);
    if (dimensions.indexOf(dimension) === i) continue;
    reader.error('dimension-twice', at, `${dimension} is named twice`, `write by: ${dimension}, or another dimension`);
  }
}

/** The price of each value, or of each pair of values. */
function pricesIn(tree: DimensionPriceText): [string[], SinglePriceText][] {
  if (!isOfTwo(tree)) return Object.entries(tree.prices).map(([value, price]) => [[value], price]);
  return Object.entries(tree.prices).flatMap(([first, row]) =>
    Object.entries(row).map(([second, price]): [string[], SinglePriceText] => [[first, second], price]),
  );
}

function isOfTwo(tree: DimensionPriceText): tree is Extract<PriceText, { by: string[] }> {
  return typeof tree.by !== 'string';
}
