/** Values of flags with where they come from. */
import type { Flag } from '../flags/flag.ts';

export type Value = {
  readonly key: string;
  readonly flag: Flag;
  /** Absent: no value. */
  readonly texts?: readonly string[];
  /** `command line`, `METER_TIMEZONE`, `meter.yaml:3:5` or `default`. */
  readonly from: string;
};

export type InForce = {
  /** Name of the configuration file; absent: there is none. */
  readonly file?: string;
  /** By command, for those that were asked for. */
  readonly values: ReadonlyMap<string, readonly Value[]>;
};

/** The values as a command takes them. */
export function flagValues(values: readonly Value[]): Record<string, unknown> {
  const flags: Record<string, unknown> = {};
  for (const { key, flag, texts, from } of values) {
    if (from === 'default') {
      if (flag.fallback) flags[key] = flag.fallback.value;
    } else if (texts) flags[key] = flag.all(texts);
  }
  return flags;
}
