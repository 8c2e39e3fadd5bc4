/** Follows a name of a rule through a result. */
import { didYouMean } from '../problem.ts';
import { RuleError, type Segment } from './expression.ts';
import { type Names, NO_NAMES, namesBelow } from './names.ts';
import { type Single, singleOf, type Value } from './value.ts';

/** A result as its JSON, and the names that it may lack. */
export type Result = { readonly json: unknown; readonly names: Names };

/** Keys by which `routes["GET /v1/*"]` finds an entry of a list. */
const IDENTITIES = ['name', 'route', 'customer', 'key', 'id', 'meter'];

/** Somewhere in the result. `value` is undefined where the result has nothing, though the name is known. */
type Place = { readonly value: unknown; readonly names: Names };
type Found = { readonly places: readonly Place[]; readonly isMany: boolean };

/** The value of a name. Throws a {@link RuleError} where the result does not know it, or where it is no value. */
export function lookUp(path: readonly Segment[], result: Result): Value {
  const { places, isMany } = follow(path, result);
  if (places.some(({ names }) => holdsOthers(names))) throw notAValue(places[0]!, path);
  if (isMany) return places.flatMap(({ value }) => entriesIn(value)).map((value) => single(value, path));
  const [{ value }] = places as [Place];
  return Array.isArray(value) ? entriesIn(value).map((entry) => single(entry, path)) : single(value, path);
}

/** The value of a name as an argument of a function: a map is the list of its values. Throws as {@link lookUp} does. */
export function lookUpArgument(path: readonly Segment[], result: Result): Value {
  const { places, isMany } = follow(path, result);
  if (!places.some(({ names }) => names.values)) return lookUp(path, result);
  if (!isMany && places[0]!.value === undefined) return null;
  return places.flatMap((place) => entriesAt(place, isMany)).map((entry) => single(entry, path));
}

/** Number of entries of a list or a map, of any kind; a single value is one. Undefined: the result has no such list. */
export function countEntries(path: readonly Segment[], result: Result): number | undefined {
  const { places, isMany } = follow(path, result);
  const [first] = places;
  if (!isMany && first && first.value === undefined && (first.names.entry || first.names.values)) return undefined;
  if (!isMany && first && isObject(first.value) && !isMap(first)) throw notAValue(first, path);
  return places.flatMap((place) => entriesAt(place, isMany)).length;
}

function isMap({ value, names }: Place): boolean {
  return names.values !== undefined && isObject(value);
}

function entriesAt(place: Place, isMany: boolean): readonly unknown[] {
  if (isMap(place)) return Object.values(place.value as object);
  return place.value === undefined && !isMany ? [null] : entriesIn(place.value);
}

/** The entries of a list and of the lists in it. A field that does not apply is no entry. */
function entriesIn(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flat(9) : [value];
}

function single(value: unknown, path: readonly Segment[]): Single {
  const found = value === undefined ? null : singleOf(value);
  if (found === undefined) throw notAValue({ value, names: NO_NAMES }, path);
  return found;
}

function follow(path: readonly Segment[], { json, names }: Result): Found {
  let found: Found = { places: [{ value: json, names }], isMany: false };
  for (const [depth, segment] of path.entries()) {
    const lists = found.places.filter(({ value }) => Array.isArray(value));
    // Beside lists that are there, one that is lacking says nothing.
    const others = found.places.filter(
      ({ value }) => !Array.isArray(value) && (lists.length === 0 || value !== undefined),
    );
    const step = { path, depth, segment, json };
    const below = others.map((place) => member(place, step));
    const entered = lists.length === 0 ? { places: [], isMany: false } : enterLists(lists, step, found.isMany);
    found = { places: [...entered.places, ...below], isMany: found.isMany || entered.isMany };
  }
  return found;
}

type Step = {
  readonly path: readonly Segment[];
  readonly depth: number;
  readonly segment: Segment;
  readonly json: unknown;
};

/** All lists that one segment meets: whether it is a field or the name of an entry holds for all of them. */
function enterLists(lists: readonly Place[], step: Step, wasMany: boolean): Found {
  const { key, at, isQuoted } = step.segment;
  if (typeof key === 'number') return { places: lists.map((list) => entryAt(list, key, at)), isMany: false };
  const entries = lists.flatMap(({ value, names }) =>
    (value as unknown[]).map((entry): Place => ({ value: entry, names: names.entry ?? NO_NAMES })),
  );
  const isField =
    entries.some(({ value }) => isObject(value) && Object.hasOwn(value, key)) ||
    lists.some(({ names }) => namesBelow(names.entry ?? NO_NAMES, key) !== undefined);
  if (isField && !isQuoted) return { places: fieldOf(entries, lists, key), isMany: true };
  const named = entries.filter(({ value }) => isObject(value) && IDENTITIES.some((one) => own(value, one) === key));
  if (named.length > 0) return { places: named, isMany: named.length > 1 || wasMany };
  const first = entries[0] ?? { value: undefined, names: lists[0]!.names.entry ?? NO_NAMES };
  throw unknownName(first, step);
}

/**
 * A field of every entry, undefined where it does not apply. Without any entry one place without a value is left, so that
 * names behind it are still looked at.
 */
function fieldOf(entries: readonly Place[], lists: readonly Place[], key: string): readonly Place[] {
  if (entries.length === 0) return [{ value: undefined, names: namesBelow(lists[0]!.names.entry!, key)! }];
  const places = entries.map(({ value, names }) => ({
    value: isObject(value) ? own(value, key) : undefined,
    names: namesBelow(names, key),
  }));
  const there = places.filter(({ value, names }) => value !== undefined || names);
  return there.map(({ value, names = NO_NAMES }) => ({ value, names }));
}

function entryAt({ value, names }: Place, index: number, at: number): Place {
  const list = value as readonly unknown[];
  if (index < list.length) return { value: list[index], names: names.entry ?? NO_NAMES };
  const message = `there is no entry ${index}: the list has ${list.length}`;
  throw new RuleError({ code: 'unknown-name', at, message });
}

/** The value of an object under a key, or the declared default of a key that it lacks. */
function member(place: Place, step: Step): Place {
  const { value, names } = place;
  const key = String(step.segment.key);
  const declared = namesBelow(names, key);
  if (isObject(value) && Object.hasOwn(value, key)) {
    return { value: own(value, key), names: declared ?? names.values ?? NO_NAMES };
  }
  if (names.zeros?.includes(key)) return { value: value === undefined ? undefined : '0', names: NO_NAMES };
  if (declared) return { value: undefined, names: declared };
  if (value === undefined && names.entry) {
    const { isQuoted } = step.segment;
    const ofEntry = isQuoted || typeof step.segment.key === 'number' ? names.entry : namesBelow(names.entry, key);
    if (ofEntry) return { value: undefined, names: ofEntry };
  }
  throw unknownName(place, step);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function unknownName({ value, names }: Place, { path, depth, segment, json }: Step): RuleError {
  const key = String(segment.key);
  const inside = isObject(value) ? Object.keys(value) : [];
  const known = [...new Set([...inside, ...Object.keys(names.fields ?? {}), ...(names.zeros ?? [])])];
  const before = path.slice(0, depth).map((one) => one.key);
  const where = depth === 0 ? '' : ` in ${before.join('.')}`;
  const isEnd = depth === 0 || depth === path.length - 1;
  const meant = didYouMean(key, known) ?? (isEnd ? elsewhere(String(path.at(-1)!.key), json) : undefined);
  return new RuleError({
    code: 'unknown-name',
    at: segment.at,
    message: `there is no "${key}"${where}`,
    hint: meant
      ? `did you mean ${meant}?`
      : known.length > 0
        ? `known here: ${known.join(', ')}`
        : `${where.slice(4)} has no names in it`,
  });
}

/** Path of another occurrence of a name in the result, nearest to the top. */
function elsewhere(name: string, json: unknown): string | undefined {
  let level: [string, unknown][] = [['', json]];
  for (let depth = 0; depth < 4; depth++) {
    const next: [string, unknown][] = [];
    for (const [path, place] of level.slice(0, 200)) {
      for (const [key, value] of entriesOf(place)) {
        const below = `${path}${stepText(key)}`;
        if (key === name) return below.replace(/^\./, '');
        next.push([below, value]);
      }
    }
    level = next;
  }
  return undefined;
}

/** Named entries of a value; a list has only its first entry, under ''. */
function entriesOf(place: unknown): readonly (readonly [string, unknown])[] {
  if (typeof place !== 'object' || place === null) return [];
  return Array.isArray(place) ? place.slice(0, 1).map((entry) => ['', entry] as const) : Object.entries(place);
}

function stepText(key: string): string {
  if (key === '') return '';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** True for an object or a list of objects, as far as names are declared. */
function holdsOthers({ fields, values, entry }: Names): boolean {
  return fields !== undefined || values !== undefined || (entry !== undefined && holdsOthers(entry));
}

function notAValue({ value, names }: Place, path: readonly Segment[]): RuleError {
  const { key, at } = path.at(-1)!;
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const keys = isObject(one) ? Object.keys(one) : Object.keys(names.fields ?? names.entry?.fields ?? {});
  return new RuleError({
    code: 'not-a-value',
    at,
    message: `"${key}" is not a value, it holds others`,
    hint: keys.length > 0 ? `go on with .${keys[0]}` : 'it is empty',
  });
}
