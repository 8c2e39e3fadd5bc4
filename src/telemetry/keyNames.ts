/** Names of columns and keys that are not there, or are there almost. */
import { editDistance } from '../core/problem.ts';
import type { RowCondition } from '../core/usage/fieldForm.ts';
import { type HeaderFault, hasBrackets, inputNames, type Wanted } from './columns.ts';
import type { LeftOut } from './fieldForms.ts';
import { objectsOfLine } from './jsonRecords.ts';
import { InputFailure, type Source } from './source.ts';
import { decodeStrictly } from './textRows.ts';

/**
 * Columns or keys that have no role, but whose names differ from an optional one that is missing by letter case,
 * separators or one or two letters: their content would be left out in silence.
 */
export function nearNames(names: readonly string[], wanted: Wanted): HeaderFault | undefined {
  const expected = expectedNames(wanted);
  // A mapping that takes tags[0] reads the key tags.
  const known = new Set([...expected.flat().flatMap((name) => [name, firstKey(name)]), ...wanted.ignoredColumns]);
  const present = new Set(names);
  const missing = expected.filter((aliases) => !aliases.some((name) => present.has(name)));
  const near = names.flatMap((name) => {
    if (known.has(name)) return [];
    const meant = missing.flat().map((other) => ({ name, expected: other, distance: distanceOf(name, other) }));
    const [closest] = meant.filter(({ distance }) => distance !== undefined).sort((a, b) => a.distance! - b.distance!);
    return closest ? [closest] : [];
  });
  if (near.length === 0) return undefined;
  const pairs = near.map(({ name, expected }) => `${name} (${expected} seems to be meant)`).join(', ');
  const flags = near.map(({ name }) => `--ignore-column ${/^[\w.@-]+$/.test(name) ? name : JSON.stringify(name)}`);
  return {
    code: 'near-name',
    message: `nothing would read ${pairs}`,
    hint: `rename it, map it with --map, or say that it is another thing: ${flags.join(' ')}`,
  };
}

/** For every role, meter and dimension that is read from a field, its names. */
function expectedNames(wanted: Wanted): readonly (readonly string[])[] {
  const { names, meters, constants, dimensions } = wanted;
  const lists = [
    ...Object.values(names),
    ...meters.filter((_, m) => constants[m] === undefined).map((meter) => [meter.field]),
    ...dimensions.map((name) => [name]),
  ];
  return lists.map((list) => inputNames(list, wanted));
}

/** Number of differing letters, if it is small enough for a slip; short names must agree in all of them. */
function distanceOf(name: string, expected: string): number | undefined {
  const [a, b] = [lettersOf(name), lettersOf(expected)];
  const most = b.length < 4 ? 0 : b.length < 8 ? 1 : 2;
  const distance = editDistance(a, b);
  return distance <= most ? distance : undefined;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** {@link nearNames} of the first object of a source; `firstLine` are the bytes of its line as Latin-1. */
export function assertNoNearKeys(source: Source, firstLine: string, wanted: Wanted): void {
  const keys = keysOf(firstLine);
  const fault = keys && nearNames(keys, wanted);
  if (fault) throw new InputFailure(source, fault.code, fault.message, fault.hint, 1);
}

/** The keys of an object; undefined for what is none. */
function keysOf(line: string): readonly string[] | undefined {
  const text = decodeStrictly(objectsOfLine(line)[0]!.raw);
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Notes which of the keys that a mapping promises stand in some line of NDJSON. */
export class PromisedKeys {
  /** For each promised name how its last key may be written, without those that were seen. */
  private readonly unseen: Map<string, readonly Buffer[]>;

  constructor({ promised }: Wanted) {
    this.unseen = new Map(promised.filter((name) => lastKey(name) !== '').map((name) => [name, writtenKeys(name)]));
  }

  /** Looks through the bytes of whole lines. */
  look(lines: Buffer): void {
    for (const [name, keys] of this.unseen) if (keys.some((key) => lines.includes(key))) this.unseen.delete(name);
  }

  names(): readonly string[] {
    return [...this.unseen.keys()];
  }
}

function firstKey(name: string): string {
  return name.split(/[.[]/, 1)[0]!;
}

/** The last key of a path; '' for the place of an entry alone. */
function lastKey(name: string): string {
  const path = hasBrackets(name) ? name.replace(/\[[^[\]]*\]/g, '') : name;
  return path.split('.').at(-1)!;
}

/** A key as JSON may have it: by itself or with its path, its letters as they are or escaped. */
function writtenKeys(name: string): Buffer[] {
  const escaped = (text: string, digits: (code: number) => string) =>
    text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${digits(letter.charCodeAt(0)).padStart(4, '0')}`);
  return [...new Set([name, lastKey(name)])]
    .map((key) => JSON.stringify(key))
    .flatMap((key) => [
      key,
      escaped(key, (code) => code.toString(16)),
      escaped(key, (code) => code.toString(16).toUpperCase()),
    ])
    .map((key) => Buffer.from(key));
}

/** Names that a mapping promises and no line of a source has. `customer`: the fields that it takes the customer from. */
export function missingKeys(source: Source, names: readonly string[], customer: readonly string[]): InputFailure {
  const keys = names.length === 1 ? `the key ${names[0]}` : `the keys ${names.join(', ')}`;
  return new InputFailure(
    source,
    'missing-key',
    `no row has ${keys}, which the mapping names`,
    names.every((name) => customer.includes(name))
      ? 'name the field that holds the customer: --customer-field FIELD'
      : 'write it as the export does (head -n 1 FILE shows a row), or take it out of the mapping',
  );
}

/** True if a row is left out because it lacks a field, and no condition asks whether it is there. */
export function lacksField({ field, text }: LeftOut, { where }: Pick<Wanted, 'where'>): boolean {
  const mayLack = (condition: RowCondition) =>
    condition.field === field && condition.matchers.some(({ kind }) => kind === 'present');
  return text === '' && !where.some(mayLack);
}
