/** The fields that presets take, read off their mappings. */

import { loadMapping } from '../config/loadMapping.ts';
import { assert } from '../core/assert.ts';
import { DEFAULT_MAPPING, type FieldSource, type Mapping } from '../core/usage/mapping.ts';
import { builtInRateCard } from './builtInRateCard.ts';
import { presetFile, presetText, presetTitle } from './presets.ts';

/** Parts of a row that a list of presets shows, in its order. */
export const DESCRIBED = ['customer', 'instant', 'id', 'requests', 'compute', 'egress', 'region', 'route'] as const;

export type PresetFields = {
  readonly name: string;
  /** First line of the file's comment. */
  readonly title: string;
  /** Fields in short words; absent: the preset has nothing for it. */
  readonly fields: ReadonlyMap<(typeof DESCRIBED)[number], string>;
};

export function presetFields(name: string): PresetFields {
  const text = presetText(name);
  const { mapping, problems } = loadMapping(text, presetFile(name), builtInRateCard().meters, { isPreset: true });
  assert(mapping !== undefined, () => `preset ${name}: ${problems.map(({ message }) => message).join('; ')}`);
  const { roles, dimensions } = mapping;
  const found = new Map<(typeof DESCRIBED)[number], string | undefined>([
    ['customer', fieldOf(roles.customer)],
    ['instant', fieldOf(roles.timestamp)],
    ['id', roles.eventId === DEFAULT_MAPPING.roles.eventId ? undefined : fieldOf(roles.eventId)],
    ...(['requests', 'compute', 'egress'] as const).map((meter) => [meter, quantityOf(meter, mapping)] as const),
    ...(['region', 'route'] as const).map((dimension) => [dimension, dimensions.get(dimension)] as const),
  ]);
  return {
    name,
    title: presetTitle(name),
    fields: new Map([...found].flatMap(([what, field]) => (field ? [[what, field]] : []))),
  };
}

function fieldOf(source: FieldSource): string {
  return 'names' in source ? source.names.join(' or ') : source.constant;
}

function quantityOf(meter: string, { meters }: Mapping): string | undefined {
  const source = meters?.get(meter);
  if (!source) return undefined;
  return 'field' in source ? source.field : `${source.constant} a row`;
}
