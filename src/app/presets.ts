/** Mappings that ship with the package: a YAML file for each format, beside the package's own files. */
import { readdirSync, readFileSync } from 'node:fs';
import { didYouMean } from '../core/problem.ts';
import { Refusal, usageProblem } from './refusal.ts';

const FOLDER = new URL('../../presets/', import.meta.url);
const ENDING = '.yaml';

/** The names, in the order of the alphabet. */
export function presetNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .sort();
}

/** Text of a preset's file. Throws a Refusal where there is none of that name. */
export function presetText(name: string): string {
  const names = presetNames();
  if (names.includes(name)) return readFileSync(new URL(`${name}${ENDING}`, FOLDER), 'utf8');
  const meant = didYouMean(name, names);
  const hint = meant ? `did you mean ${meant}?` : `presets: ${names.join(', ')}`;
  throw new Refusal('usage', [usageProblem('unknown-preset', `there is no preset "${name}"`, hint)]);
}

/** Name of a preset's file in messages. */
export function presetFile(name: string): string {
  return `preset ${name}`;
}
