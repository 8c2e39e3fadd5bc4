/** Reading of exports: the options that several use cases share, as a reader takes them. */
import type { Meter } from '../core/catalog/meter.ts';
import type { RepeatedHour, TimeUnit } from '../core/timestamp.ts';
import type { InputFormat } from '../telemetry/formats.ts';
import { type MappingOptions, mappingOption } from './mappingOption.ts';
import type { Ports } from './ports.ts';

export type ReadingOptions = MappingOptions & {
  readonly inputFormat?: InputFormat;
  /** Zone of timestamps that are written without one: an IANA name. */
  readonly timezone?: string;
  /** White space at the ends of customer ids is no part of them. */
  readonly trimIds?: boolean;
  readonly timeUnit?: TimeUnit;
  readonly repeatedHour?: RepeatedHour;
  readonly multilineFields?: boolean;
  readonly ignoreColumn?: readonly string[];
  /** Count each event id once. Absent: true. */
  readonly dedupe?: boolean;
  /** Bytes for event ids. */
  readonly dedupeMemory?: number;
  readonly threads?: number;
};

export async function readingRequest(options: ReadingOptions, meters: ReadonlyMap<string, Meter>, ports: Ports) {
  return {
    dedupe: options.dedupe ?? true,
    format: options.inputFormat,
    timezone: options.timezone,
    timeUnit: options.timeUnit,
    repeatedHour: options.repeatedHour,
    multilineFields: options.multilineFields,
    ignoredColumns: options.ignoreColumn,
    trimIds: options.trimIds,
    mapping: await mappingOption(options, meters, ports),
    dedupeMemory: options.dedupeMemory,
    threads: options.threads,
  };
}
