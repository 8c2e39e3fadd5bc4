/** The mapping that a command's options name, with everything that it refers to. */
import { dirname, join } from 'node:path';
import { loadMapping } from '../config/loadMapping.ts';
import { readLookup } from '../config/lookupFile.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { isError } from '../core/problem.ts';
import { lookupsOf } from '../core/usage/fieldForm.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import type { Ports } from './ports.ts';
import { presetFile, presetText } from './presets.ts';
import { Refusal, usageProblem } from './refusal.ts';

export type MappingOptions = {
  /** Name of a mapping file. */
  readonly map?: string;
  /** Name of a mapping that ships with meter. */
  readonly preset?: string;
  /** Column, key or path that holds the customer, in place of the mapping's. */
  readonly customerField?: string;
  /** CSV file that has the customer for what stands there: `value,customer`. */
  readonly lookup?: string;
};

/** Undefined: none is named, and the usual names are looked for. Throws a Refusal where something is wrong with it. */
export async function mappingOption(
  options: MappingOptions,
  meters: ReadonlyMap<string, Meter>,
  ports: Pick<Ports, 'readText' | 'warn'>,
): Promise<Mapping | undefined> {
  const { map, preset, customerField, lookup } = options;
  if (map !== undefined && preset !== undefined) {
    const hint = 'print the preset (meter preset NAME), change it, and name that file with --map';
    throw new Refusal('usage', [usageProblem('two-mappings', '--map and --preset both name a mapping', hint)]);
  }
  if ((map ?? preset ?? customerField ?? lookup) === undefined) return undefined;
  const isPreset = preset !== undefined;
  const [text, name] = isPreset
    ? [presetText(preset), presetFile(preset)]
    : map === undefined
      ? ['{}', '--customer-field']
      : [await ports.readText(map), map];
  const { mapping, problems } = loadMapping(text, name, meters, { customerField, lookup, isPreset });
  if (!mapping) throw new Refusal('usage', problems);
  if (problems.length > 0) ports.warn(problems, 'usage');
  const files = new Set([...(mapping.derived?.values() ?? [])].flatMap(lookupsOf));
  if (files.size === 0) return mapping;
  const pathOf = (file: string) => (file === lookup || map === undefined ? file : join(dirname(map), file));
  return { ...mapping, lookups: await readLookups([...files], pathOf, ports) };
}

async function readLookups(files: readonly string[], pathOf: (file: string) => string, ports: Pick<Ports, 'readText'>) {
  const lookups = new Map<string, ReadonlyMap<string, string>>();
  for (const file of files) {
    const path = pathOf(file);
    const { lookup, problems } = readLookup(await ports.readText(path), path);
    if (problems.some(isError)) throw new Refusal('usage', problems);
    lookups.set(file, lookup);
  }
  return lookups;
}
