/** Reading of exports: the options that several use cases share, as a reader takes them. */
import type { Meter } from '../core/catalog/meter.ts';
import type { RepeatedHour, TimeUnit } from '../core/timestamp.ts';
import type { InputFormat } from '../telemetry/formats.ts';
import { loadMappingFile } from './mappingOption.ts';
import type { Ports } from './ports.ts';

export type ReadingOptions = {
  readonly inputFormat?: InputFormat;
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
  /** Name of a mapping file. */
  readonly map?: string;
};

export async function readingRequest(options: ReadingOptions, meters: ReadonlyMap<string, Meter>, ports: Ports) {
  return {
    dedupe: options.dedupe ?? true,
    format: options.inputFormat,
    timezone: options.timezone,
    timeUnit: options.timeUnit,
    repeatedHour: options.repeatedHour,
    allowFloats: options.allowFloats,
    multilineFields: options.multilineFields,
    ignoredColumns: options.ignoreColumn,
    trimIds: options.trimIds,
    mapping: options.map === undefined ? undefined : await loadMappingFile(options.map, { meters }, ports),
    dedupeMemory: options.dedupeMemory,
    threads: options.threads,
  };
}
