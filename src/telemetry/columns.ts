/** Finds the columns or keys of an export by their roles. */
import type { Meter } from '../core/catalog/meter.ts';
import { didYouMean } from '../core/problem.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import {
  type FieldForm,
  fieldsOf,
  isThere,
  namedFields,
  type RowCondition,
  requiredFields,
} from '../core/usage/fieldForm.ts';
import { DEFAULT_MAPPING, type Role } from '../core/usage/mapping.ts';
import type { RecordForm } from '../core/usage/recordForm.ts';
import type { Lookups } from './fieldForms.ts';
import type { Delimiter } from './formats.ts';
import type { ReadRequest } from './reader.ts';
import { termFields } from './termFields.ts';

/** Dimensions that a row has whether or not a price asks for them; they are part of its content. */
const DEFAULT_DIMENSIONS = ['region', 'route'] as const;

/** Projection of a row: the fields that a reader looks for. */
export type Wanted = {
  /** Accepted names; the first one with a value wins. */
  readonly names: Readonly<Record<Role, readonly string[]>>;
  /** The customer of all rows, where no column holds it. */
  readonly customer?: string;
  /** White space at the ends of a customer id is no part of it. */
  readonly trimsIds: boolean;
  /** `field` is the name to look for. */
  readonly meters: readonly Meter[];
  /** By meter, where it is the same for every row: a quantity, or '' for one that is not read. */
  readonly constants: readonly (string | undefined)[];
  /**
   * Names of the dimensions: the kept ones, then the default ones that are not among them; then the fields that a
   * mapping's terms need ({@link termFields}).
   */
  readonly dimensions: readonly string[];
  /** Fields that tell counters apart: an object or a list is one text. */
  readonly series: ReadonlySet<string>;
  /** Values that are worked out, by the name that stands for them in this projection. */
  readonly derived: ReadonlyMap<string, FieldForm>;
  readonly lookups: Lookups;
  /** Conditions for a row to count. */
  readonly where: readonly RowCondition[];
  /** Lines and records, where a mapping describes them. */
  readonly records: RecordForm;
  /** Names that a mapping promises: a header without one of them is another export's. */
  readonly promised: readonly string[];
  /** Names that stand only in headers, byte by byte (Latin-1), of instants and of customers. */
  readonly headerMarks: { readonly timestamp: readonly string[]; readonly customer: readonly string[] };
  /** Sign between fields; absent: it is recognised. */
  readonly separator?: Delimiter | undefined;
  /** Meaning of quotes, where the format leaves it open. */
  readonly quotes?: 'none' | 'csv' | undefined;
  /** Quoted fields may hold lines that look like rows. */
  readonly multilineFields: boolean;
  /** Columns and keys that are no misspelt names. */
  readonly ignoredColumns: readonly string[];
};

/** Fields of a request that decide which columns or keys are read, and how. */
export type WantedRequest = Pick<
  ReadRequest,
  'meters' | 'dimensions' | 'mapping' | 'multilineFields' | 'ignoredColumns' | 'trimIds' | 'separator'
>;

export function wantedOf({
  meters,
  dimensions,
  mapping,
  multilineFields = false,
  ignoredColumns = [],
  trimIds = false,
  separator,
}: WantedRequest): Wanted {
  const { roles, meters: sources, dimensions: fields } = mapping ?? DEFAULT_MAPPING;
  const namesOf = (role: Role) => {
    const source = roles[role];
    return 'constant' in source ? [] : source.names;
  };
  const sourceOf = (meter: Meter) => sources?.get(meter.name);
  const constantOf = (meter: Meter) => {
    if (!sources) return undefined;
    const source = sourceOf(meter);
    if (!source) return '';
    return 'constant' in source ? source.constant : undefined;
  };
  const { derived = new Map<string, FieldForm>(), where = [], lookups = new Map(), records = {} } = mapping ?? {};
  const inputsOf = (name: string) => {
    const form = derived.get(name);
    return form ? requiredFields(form) : [name];
  };
  const marksOf = (role: Role) =>
    namesOf(role)
      .flatMap((name) => (derived.has(name) ? fieldsOf(derived.get(name)!) : [name]))
      .map(bytesAsText);
  const known = knownDimensions(dimensions);
  const named = meters.map((meter) => {
    const source = sourceOf(meter);
    return source && 'field' in source ? { ...meter, field: source.field } : meter;
  });
  const promised = [
    ...(Object.keys(roles) as Role[]).filter((role) => roles[role] !== DEFAULT_MAPPING.roles[role]).flatMap(namesOf),
    ...(sources ? [...sources.values()].flatMap((source) => ('field' in source ? [source.field] : [])) : []),
    ...fields.values(),
    ...termFields(mapping?.terms),
    ...namedFields(where),
  ].flatMap(inputsOf);
  return {
    names: {
      timestamp: namesOf('timestamp'),
      customer: namesOf('customer'),
      eventId: namesOf('eventId'),
      source: namesOf('source'),
    },
    ...('constant' in roles.customer && {
      customer: trimIds ? roles.customer.constant.trim() : roles.customer.constant,
    }),
    trimsIds: trimIds,
    meters: named,
    constants: meters.map(constantOf),
    dimensions: [...known.map((dimension) => fields.get(dimension) ?? dimension), ...termFields(mapping?.terms)],
    series: new Set(inputNames(mapping?.terms?.series ?? [], { derived })),
    ...{ derived, lookups, where, records },
    promised: [...new Set(promised)],
    headerMarks: { timestamp: marksOf('timestamp'), customer: marksOf('customer') },
    separator,
    quotes: mapping?.quotes,
    multilineFields: multilineFields || mapping?.multilineFields === true,
    ignoredColumns: [...ignoredColumns, ...(mapping?.ignoredColumns ?? [])],
  };
}

/** The kept dimensions, then the default ones that are not among them. */
export function knownDimensions(kept: readonly string[]): string[] {
  return [...kept, ...DEFAULT_DIMENSIONS.filter((name) => !kept.includes(name))];
}

/** True for a path with places of entries, which columns and keys by themselves seldom have. */
export function hasBrackets(name: string): boolean {
  return name.includes('[');
}

/** Names of the fields that a projection reads, instead of those that are worked out of them. */
export function inputNames(names: readonly string[], { derived }: Pick<Wanted, 'derived'>): readonly string[] {
  return names.flatMap((name) => (derived.has(name) ? fieldsOf(derived.get(name)!) : [name]));
}

function bytesAsText(name: string): string {
  return Buffer.from(name).toString('latin1');
}

/** True if every row has some quantity, whatever its fields are. */
export function countsEveryRow({ constants }: Wanted): boolean {
  return constants.some((constant) => constant !== undefined && constant !== '');
}

/**
 * Positions in a row; those of derived values, in their order, follow the columns. Of a role all columns that may have it, the preferred one first. `quantities` follows the meters,
 * `dimensions` the known dimensions; −1: not there.
 */
export type ColumnLayout = {
  readonly timestamp: readonly number[];
  readonly customer: readonly number[];
  readonly eventId: readonly number[];
  readonly source: readonly number[];
  readonly quantities: readonly number[];
  readonly dimensions: readonly number[];
};

export type HeaderFault = { readonly code: CodeOf<'input'>; readonly message: string; readonly hint: string };

/**
 * Finds every role in a header, or returns the fault of the first that is missing. Columns without a role are ignored.
 */
export function layoutOf(header: readonly string[], wanted: Wanted): ColumnLayout | HeaderFault {
  const { names, meters, constants, dimensions, promised } = wanted;
  const positions = new Map(header.map((name, i) => [name, i] as const).reverse());
  const column = (name: string) => positions.get(name) ?? -1;
  const forms = [...wanted.derived.keys()];
  const position = (name: string) => {
    const form = wanted.derived.get(name);
    if (!form) return column(name);
    return isThere(form, (field) => column(field) >= 0) ? header.length + forms.indexOf(name) : -1;
  };
  const all = (names: readonly string[]) => names.map(position).filter((column) => column >= 0);
  const layout: ColumnLayout = {
    timestamp: all(names.timestamp),
    customer: all(names.customer),
    eventId: all(names.eventId),
    source: all(names.source),
    quantities: meters.map((meter, m) => (constants[m] === undefined ? position(meter.field) : -1)),
    dimensions: dimensions.map(position),
  };
  const read = meters.filter((_, m) => constants[m] === undefined).map((meter) => meter.field);
  const filters = wanted.where.map(({ field }) => field);
  const roles = inputNames([...Object.values(names).flat(), ...read, ...dimensions, ...filters], wanted);
  const twice = header.find((name, i) => column(name) !== i && roles.includes(name));
  if (twice !== undefined) {
    return { code: 'column-twice', message: `the column ${twice} appears twice`, hint: 'remove or rename one of them' };
  }
  const broken = promised.find((name) => column(name) < 0);
  if (broken !== undefined) return missingColumn(header, [broken]);
  if (layout.timestamp.length === 0) return missingColumn(header, inputNames(names.timestamp, wanted));
  if (layout.customer.length === 0 && wanted.customer === undefined)
    return missingColumn(header, inputNames(names.customer, wanted));
  if (layout.quantities.every((column) => column < 0) && !countsEveryRow(wanted))
    return missingColumn(header, inputNames(read, wanted));
  return layout;
}

function missingColumn(header: readonly string[], names: readonly string[]): HeaderFault {
  const [expected, ...others] = names;
  const also = others.length > 0 ? ` (or ${others.join(', ')})` : '';
  const looksLikeData = header.some((name) => /^\d/.test(name));
  const typo = names.map((name) => didYouMean(name, header)).find((name) => name !== undefined);
  const first = header[0]!;
  const separator = header.length > 1 ? undefined : [';', '|'].find((candidate) => first.includes(candidate));
  const hints = [
    ...(first.startsWith('{') ? ['this looks like NDJSON'] : []),
    ...(first.startsWith('<') ? ['this looks like a web page: did the download need a sign-in?'] : []),
    ...(separator ? [`its columns seem to be separated by ${separator}: add --input-separator '${separator}'`] : []),
    ...(looksLikeData ? ['the first line looks like data: add a header line'] : []),
    ...(typo === undefined ? [] : [`${typo} seems to be meant`]),
    `the header has ${shown(header.join(', '))}`,
  ];
  return { code: 'missing-column', message: `there is no column ${expected}${also}`, hint: hints.join('; ') };
}

function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
