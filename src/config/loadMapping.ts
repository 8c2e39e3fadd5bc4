/** From the text of a mapping file to a mapping, or to everything that is wrong with it. */
import type { Meter } from '../core/catalog/meter.ts';
import { ONE } from '../core/decimal.ts';
import { isError, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { failed, parseNumber, scaleOf } from '../core/quantity.ts';
import { DEFAULT_MAPPING, type Mapping, type MeterSource } from '../core/usage/mapping.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { type MappingFile, mappingSchema } from './mappingSchema.ts';
import { readRowTerms } from './readRowTerms.ts';
import { readYaml } from './yamlFile.ts';

type MappingReader = ConfigReader<CodeOf<'mapping'>>;

export type LoadedMapping = {
  /** Absent if any problem is an error. */
  readonly mapping?: Mapping;
  readonly problems: readonly Problem[];
};

/** Reads a mapping file. Roles that the file does not map keep their default names. */
export function loadMapping(text: string, name: string, meters: ReadonlyMap<string, Meter>): LoadedMapping {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems };
  const checked = checkSchema(file, mappingSchema, { codeOf: codesOf('mapping'), models: [] });
  const reader = new ConfigReader<CodeOf<'mapping'>>(file, codesOf('mapping'));
  const mapping = checked.tree && readMapping(checked.tree, meters, reader);
  const problems = [...checked.problems, ...reader.problems];
  return mapping && !problems.some(isError) ? { mapping, problems } : { problems };
}

function readMapping(tree: MappingFile, meters: ReadonlyMap<string, Meter>, reader: MappingReader): Mapping {
  const { roles } = DEFAULT_MAPPING;
  const named = (name: string | undefined, otherwise: Mapping['roles']['source']) =>
    name === undefined ? otherwise : { names: [name] };
  const { region, route, customer_id: customer } = tree;
  return {
    roles: {
      timestamp: named(tree.timestamp, roles.timestamp),
      customer: typeof customer === 'object' ? { constant: customer.value } : named(customer, roles.customer),
      eventId: named(tree.event_id, roles.eventId),
      source: named(tree.source, roles.source),
    },
    ...(tree.meters && { meters: readMeters(tree.meters, meters, reader) }),
    dimensions: new Map(
      Object.entries({
        ...(region !== undefined && { region }),
        ...(route !== undefined && { route }),
        ...tree.dimensions,
      }),
    ),
    timeUnit: tree.time_unit,
    quotes: tree.quotes,
    multilineFields: tree.multiline_fields === 'true',
    ignoredColumns: tree.ignore_columns,
    terms: readRowTerms(tree, meters, reader),
  };
}

function readMeters(
  tree: NonNullable<MappingFile['meters']>,
  meters: ReadonlyMap<string, Meter>,
  reader: MappingReader,
): Map<string, MeterSource> {
  const sources = new Map<string, MeterSource>();
  for (const [name, source] of Object.entries(tree)) {
    const meter = reader.named(meters, name, 'meter', ['meters', name], 'key');
    if (!meter) continue;
    if (typeof source === 'string') {
      const isNumber = !failed(parseNumber(source));
      sources.set(name, isNumber ? { constant: source.replaceAll('_', '') } : { field: source, scale: ONE });
      continue;
    }
    const scale = source.unit === undefined ? { value: ONE } : scaleOf(source.unit, meter.unit);
    if (failed(scale))
      reader.error(
        scale.code,
        ['meters', name, 'unit'],
        `"${source.unit}" does not fit a meter in ${meter.unit}`,
        scale.hint,
      );
    else sources.set(name, { field: source.field, scale: scale.value });
  }
  if (Object.keys(tree).length === 0)
    reader.error('empty', ['meters'], 'no meter is mapped', 'name at least one', 'key');
  return sources;
}
