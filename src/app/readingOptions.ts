/** Reading of exports: the options that several use cases share, as a reader takes them. */
import type { Meter } from '../core/catalog/meter.ts';
import type { Decimal } from '../core/decimal.ts';
import type { RepeatedHour, TimeUnit } from '../core/timestamp.ts';
import { DEFAULT_MAPPING, type Mapping } from '../core/usage/mapping.ts';
import { NO_TERMS, withSampleRate } from '../core/usage/rowTerms.ts';
import type { Delimiter, InputFormat } from '../telemetry/formats.ts';
import type { Encoding, Source } from '../telemetry/source.ts';
import { type MappingOptions, mappingOption } from './mappingOption.ts';
import type { Ports } from './ports.ts';
import { Refusal, usageProblem } from './refusal.ts';

export type ReadingOptions = MappingOptions & {
  readonly inputFormat?: InputFormat;
  /** Character between the fields of CSV; absent: it is recognised. */
  readonly inputSeparator?: Delimiter;
  /** Encoding of exports without a byte order mark; absent: UTF-8. */
  readonly encoding?: Encoding;
  /** Zone of timestamps that are written without one: an IANA name. */
  readonly timezone?: string;
  /** White space at the ends of customer ids is no part of them. */
  readonly trimIds?: boolean;
  readonly timeUnit?: TimeUnit;
  readonly repeatedHour?: RepeatedHour;
  /** Columns of floats are taken for what they hold. */
  readonly allowFloats?: boolean;
  readonly multilineFields?: boolean;
  readonly ignoreColumn?: readonly string[];
  /** Count each event id once. Absent: true. */
  readonly dedupe?: boolean;
  /** Bytes for event ids. */
  readonly dedupeMemory?: number;
  readonly threads?: number;
  /** Share of all rows that the exports have, above 0 and at most 1; it wins over the mapping's. */
  readonly sampleRate?: Decimal;
};

/** The exports that names stand for, as options say that they are to be read. */
export async function exportsCalled(
  names: readonly string[],
  { encoding }: Pick<ReadingOptions, 'encoding'>,
  ports: Pick<Ports, 'sourcesOf'>,
): Promise<readonly Source[]> {
  const sources = await ports.sourcesOf(names);
  return encoding === undefined ? sources : sources.map((source) => ({ ...source, encoding }));
}

export async function readingRequest(options: ReadingOptions, meters: ReadonlyMap<string, Meter>, ports: Ports) {
  return {
    dedupe: options.dedupe ?? true,
    format: options.inputFormat,
    separator: options.inputSeparator,
    timezone: options.timezone,
    timeUnit: options.timeUnit,
    repeatedHour: options.repeatedHour,
    allowFloats: options.allowFloats,
    multilineFields: options.multilineFields,
    ignoredColumns: options.ignoreColumn,
    trimIds: options.trimIds,
    mapping: withRate(await mappingOption(options, meters, ports), options.sampleRate),
    dedupeMemory: options.dedupeMemory,
    threads: options.threads,
  };
}

function withRate(mapping: Mapping | undefined, rate: Decimal | undefined): Mapping | undefined {
  if (!rate) return mapping;
  const { terms = NO_TERMS, ...rest } = mapping ?? DEFAULT_MAPPING;
  if (terms.cumulative.size === 0) return { ...rest, terms: withSampleRate(terms, rate) };
  const why = 'a counter has counted everything, whatever share of its readings there is';
  throw new Refusal('usage', [usageProblem('sampled-counter', why, 'leave out --sample-rate')]);
}
