/** From the text of a mapping file to a mapping, or to everything that is wrong with it. */

import { isTimeZone } from '../core/calendar.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { ONE } from '../core/decimal.ts';
import { isError, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { failed, parseNumber, scaleOf } from '../core/quantity.ts';
import { type FieldForm, withDecimalComma } from '../core/usage/fieldForm.ts';
import { DEFAULT_MAPPING, type FieldSource, type Mapping, type MeterSource, type Role } from '../core/usage/mapping.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { FormNames, type MappingReader, readForm } from './fieldForms.ts';
import { type MappingFile, mappingSchema } from './mappingSchema.ts';
import { readRowTerms } from './readRowTerms.ts';
import { readRecords, readWhere } from './recordForms.ts';
import { type Path, readYaml } from './yamlFile.ts';

export type LoadedMapping = {
  /** Absent if any problem is an error. */
  readonly mapping?: Mapping;
  readonly problems: readonly Problem[];
};

/** Choices beside the file. */
export type MappingChoices = {
  /** Field that holds the customer, in place of the file's. */
  readonly customerField?: string | undefined;
  /** Lookup file that has the customer for what stands there. */
  readonly lookup?: string | undefined;
  /** The file ships with meter: meters that the tier file lacks are left out, as long as it has one. */
  readonly isPreset?: boolean;
};

/** Reads a mapping file. Roles that the file does not map keep their default names. */
export function loadMapping(
  text: string,
  name: string,
  meters: ReadonlyMap<string, Meter>,
  choices: MappingChoices = {},
): LoadedMapping {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems };
  const checked = checkSchema(file, mappingSchema, { codeOf: codesOf('mapping'), models: [] });
  const reader = new ConfigReader<CodeOf<'mapping'>>(file, codesOf('mapping'));
  const mapping = checked.tree && readMapping(checked.tree, { meters, reader, choices });
  const problems = [...checked.problems, ...reader.problems];
  return mapping && !problems.some(isError) ? { mapping, problems } : { problems };
}

type Context = {
  readonly meters: ReadonlyMap<string, Meter>;
  readonly reader: MappingReader;
  readonly choices: MappingChoices;
};

/** Roles of a mapping by the keys of its file. */
const ROLE_KEYS = { timestamp: 'timestamp', customer: 'customer_id', eventId: 'event_id', source: 'source' } as const;

function readMapping(tree: MappingFile, { meters, reader, choices }: Context): Mapping {
  const names = new FormNames();
  const roleOf = (role: Role): FieldSource => {
    const key = ROLE_KEYS[role];
    const written = tree[key];
    const otherwise = DEFAULT_MAPPING.roles[role];
    const form = written === undefined ? undefined : readForm(written, [key], reader);
    if (!form) return otherwise;
    if (form.kind === 'constant') return constantRole(role, form.text, reader);
    return { names: [names.of(form)] };
  };
  const { region, route } = tree;
  const dimensions = [
    ...(region === undefined ? [] : [['region', region, ['region']] as const]),
    ...(route === undefined ? [] : [['route', route, ['route']] as const]),
    ...Object.entries(tree.dimensions ?? {}).map(([name, form]) => [name, form, ['dimensions', name]] as const),
  ];
  const mapping: Mapping = {
    roles: {
      timestamp: roleOf('timestamp'),
      customer: customerOf(tree, { names, reader, choices }) ?? roleOf('customer'),
      eventId: roleOf('eventId'),
      source: roleOf('source'),
    },
    ...(tree.meters
      ? {
          meters: readMeters(tree.meters, {
            ...{ meters, names, reader, isPreset: choices.isPreset === true },
            hasCommas: tree.decimal === ',',
          }),
        }
      : tree.decimal === ',' && { meters: metersWithCommas(meters, names) }),
    dimensions: new Map(
      dimensions.flatMap(([name, written, path]) => {
        const form = readForm(written, path, reader);
        return form ? [[name, names.of(form)] as const] : [];
      }),
    ),
    timeUnit: tree.time_unit,
    quotes: tree.quotes,
    multilineFields: tree.multiline_fields === 'true',
    ignoredColumns: tree.ignore_columns,
    terms: readRowTerms(tree, meters, names, reader),
    inputFormat: tree.input_format,
    where: tree.where && readWhere(tree.where, reader),
    records: readRecords(tree, reader),
    timezone: zoneOf(tree.timezone, reader),
    ...(tree.notice !== undefined && { notice: tree.notice }),
  };
  warnOfClientIds(mapping, tree, reader);
  return names.derived.size > 0 ? { ...mapping, derived: names.derived } : mapping;
}

/** Names of ids that a request brings along: whoever sends it can send the same one again. */
const CLIENT_ID = /(?:^|[._-])(?:x[._-]?(?:request|correlation)[._-]?id|traceparent|idempotency[._-]?key)$/i;

function warnOfClientIds({ roles: { eventId } }: Mapping, tree: MappingFile, reader: MappingReader): void {
  const name = 'names' in eventId ? eventId.names[0]! : '';
  // API Gateway makes one id, and takes the other from the client.
  const isOfGateway = name === 'requestId' && JSON.stringify(tree.timestamp ?? '').includes('requestTime');
  if (tree.event_id === undefined || !(CLIENT_ID.test(name) || isOfGateway)) return;
  const hint = "take an id that the server makes (API Gateway: extendedRequestId), or none: event_id: { value: '' }";
  reader.warn('client-id', ['event_id'], `a client can choose ${name}: different requests may share one`, hint);
}

/** The customer where the field or a lookup file is chosen beside the mapping. */
function customerOf(
  tree: MappingFile,
  { names, reader, choices }: Pick<Context, 'reader' | 'choices'> & { names: FormNames },
): FieldSource | undefined {
  const { customerField, lookup } = choices;
  if (customerField === undefined && lookup === undefined) return undefined;
  const written = customerField ?? tree.customer_id ?? { first_of: defaultNames('customer') };
  const of = readForm(written, ['customer_id'], reader);
  if (!of) return undefined;
  return { names: [names.of(lookup === undefined ? of : { kind: 'lookup', of, file: lookup })] };
}

function defaultNames(role: Role): string[] {
  const source = DEFAULT_MAPPING.roles[role];
  return 'names' in source ? [...source.names] : [];
}

/** Rows with one id would all be one event, and an instant for all rows would be no instant. */
function constantRole(role: Role, text: string, reader: MappingReader): FieldSource {
  if (role === 'timestamp' || (role === 'eventId' && text !== ''))
    reader.error('bad-form', [ROLE_KEYS[role], 'value'], `all rows cannot have one ${ROLE_KEYS[role]}`, 'name a field');
  return { constant: text };
}

function zoneOf(zone: string | undefined, reader: MappingReader): string | undefined {
  if (zone === undefined || isTimeZone(zone)) return zone;
  reader.error(
    'unknown-zone',
    ['timezone'],
    `"${zone}" is no time zone`,
    'write an IANA name such as Europe/Vienna, or UTC',
  );
  return undefined;
}

type MeterContext = {
  readonly meters: ReadonlyMap<string, Meter>;
  readonly names: FormNames;
  readonly reader: MappingReader;
  readonly isPreset: boolean;
  /** Quantities have a decimal comma. */
  readonly hasCommas: boolean;
};

/** The meters' own fields, any of which an export may lack, with decimal commas. */
function metersWithCommas(meters: ReadonlyMap<string, Meter>, names: FormNames): Map<string, MeterSource> {
  const own = ({ field }: Meter): FieldForm => ({ kind: 'first', of: [{ kind: 'field', field, steps: [] }] });
  return new Map(
    [...meters.values()].map((meter) => [
      meter.name,
      { field: isMeasured(meter) ? names.of(withDecimalComma(own(meter))) : meter.field, scale: ONE },
    ]),
  );
}

/** True if a meter's field holds a number. */
function isMeasured({ aggregation }: Meter): boolean {
  return aggregation !== 'count' && aggregation !== 'unique';
}

/** A meter's quantity, in the rows that its own `where` asks for. */
function readQuantity(
  source: WrittenMeter,
  path: Path,
  reader: MappingReader,
  hasComma: boolean,
): FieldForm | undefined {
  const written = readForm(source, path, reader);
  const of = written && hasComma ? withDecimalComma(written) : written;
  const where = typeof source === 'string' ? undefined : source.where;
  return of && where ? { kind: 'when', of, where: readWhere(where, reader, [...path, 'where']) } : of;
}

type WrittenMeter = NonNullable<MappingFile['meters']>[string];

function readMeters(tree: NonNullable<MappingFile['meters']>, context: MeterContext): Map<string, MeterSource> {
  const { meters, names, reader, isPreset, hasCommas } = context;
  const sources = new Map<string, MeterSource>();
  const hasOne = Object.keys(tree).some((name) => meters.has(name));
  for (const [name, source] of Object.entries(tree)) {
    if (isPreset && hasOne && !meters.has(name)) continue;
    const meter = reader.named(meters, name, 'meter', ['meters', name], 'key');
    if (!meter) continue;
    if (typeof source === 'string' && !failed(parseNumber(source))) {
      sources.set(name, { constant: source.replaceAll('_', '') });
      continue;
    }
    const unit = typeof source === 'string' ? undefined : source.unit;
    const form = readQuantity(source, ['meters', name], reader, hasCommas && isMeasured(meter));
    const scale = unit === undefined ? { value: ONE } : scaleOf(unit, meter.unit);
    if (failed(scale))
      reader.error(scale.code, ['meters', name, 'unit'], `"${unit}" does not fit a meter in ${meter.unit}`, scale.hint);
    else if (form) sources.set(name, { field: names.of(form), scale: scale.value });
  }
  if (Object.keys(tree).length === 0)
    reader.error('empty', ['meters'], 'no meter is mapped', 'name at least one', 'key');
  return sources;
}
