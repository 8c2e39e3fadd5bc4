/** Assigns columns or keys of an export to roles. */
import type { Decimal } from '../decimal.ts';
import type { TimeUnit } from '../timestamp.ts';
import type { FieldForm, RowCondition } from './fieldForm.ts';
import type { RecordForm } from './recordForm.ts';
import type { RowTerms } from './rowTerms.ts';

export type Role = 'timestamp' | 'customer' | 'eventId' | 'source';

/**
 * Names to look for, the first one with a value wins; or one text for every row. A name with dots is also a path into
 * nested objects.
 */
export type FieldSource = { readonly names: readonly string[] } | { readonly constant: string };

/**
 * Field of a meter's quantity, and the number of the meter's own units in one of its units; or one quantity for every
 * row.
 */
export type MeterSource = { readonly field: string; readonly scale: Decimal } | { readonly constant: string };

export type Mapping = {
  readonly roles: Readonly<Record<Role, FieldSource>>;
  /** By meter name; absent: each meter's own field. A meter that is not in it is not read. */
  readonly meters?: ReadonlyMap<string, MeterSource>;
  /** Name by dimension; a dimension that is not in it has its own name. */
  readonly dimensions: ReadonlyMap<string, string>;
  /** Unit of timestamps that are bare numbers. */
  readonly timeUnit?: TimeUnit | undefined;
  /** Meaning of quotes; absent: the format decides. `none`: a quote is a character like any other. */
  readonly quotes?: 'none' | 'csv' | undefined;
  /** Quoted fields may hold line ends and lines that look like rows. */
  readonly multilineFields?: boolean | undefined;
  /** Columns and keys that no role is meant by, however near their names are to an expected one. */
  readonly ignoredColumns?: readonly string[] | undefined;
  /** Meaning of quantities; absent: amounts that were used at the row's instant. */
  readonly terms?: RowTerms | undefined;
  /** Values that are more than one field as it stands, by the name that roles, meters and dimensions have for them. */
  readonly derived?: ReadonlyMap<string, FieldForm> | undefined;
  /** Conditions that a row must all meet; a row that does not is filtered, whatever else is wrong with it. */
  readonly where?: readonly RowCondition[] | undefined;
  /** Lookup files by name: value by text. */
  readonly lookups?: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;
  /** Lines and records; absent: a header and a row a line, or JSON. */
  readonly records?: RecordForm | undefined;
  /** Format of the export; absent: it is recognised. */
  readonly inputFormat?: MappedFormat | undefined;
  /** Zone of instants that are written without one. */
  readonly timezone?: string | undefined;
  /** A sentence that results which rest on the export have to carry. */
  readonly notice?: string | undefined;
};

export const MAPPED_FORMATS = ['csv', 'tsv', 'ndjson'] as const;
export type MappedFormat = (typeof MAPPED_FORMATS)[number];

/** The names that an export may use without any mapping. */
export const DEFAULT_MAPPING: Mapping = {
  roles: {
    timestamp: { names: ['timestamp', 'time', 'ts', '@timestamp'] },
    customer: { names: ['customer_id', 'customer', 'subject', 'account_id', 'tenant_id'] },
    eventId: { names: ['event_id', 'id', 'request_id'] },
    source: { names: ['source'] },
  },
  dimensions: new Map(),
};
