/** Random runs over JSON whose records hold several rows, and over rows with fields in lists. */
import type { FieldForm, RowCondition } from '../../src/core/usage/fieldForm.ts';
import type { FieldSource, Mapping, MeterSource } from '../../src/core/usage/mapping.ts';
import { type PathStep, pathOf } from '../../src/core/usage/recordForm.ts';
import { damaged, type JsonHabit, jsonHabit, jsonText, jsonValue, type Row, type Run } from './differential.ts';
import { mappingWithForms, randomRows, runOver } from './mappedRuns.ts';
import type { Random } from './random.ts';

/** Paths of one mapping; undefined: the record is the row. */
const EACH: readonly (readonly string[] | undefined)[] = [
  undefined,
  ['event'],
  ['events[]'],
  ['event', 'events[]'],
  ['data.result[].values[]', 'data.result[].value'],
  ['a[].b[].c[]'],
  ['a[].b[].c[].sum.points[]', 'a[].b[].c[].hist.points[]', 'a[].b[].c[].more.points[]'],
  ['grid[][]'],
  ['list[1].rows[]'],
  ['list[kind=a].rows[]', 'rows[]'],
  ['[].x', 'y[]'],
];

/** Names that a field may have in a mapping. */
const NAMES: readonly ((field: string) => string)[] = [
  (field) => field,
  (field) => field,
  (field) => `meta.${field}`,
  (field) => `attrs[key=${field}].value.text`,
  (field) => `pairs[0].${field}`,
  (field) => `tags[1][name=${field}].at`,
];

type Json = string | null | Json[] | { [key: string]: Json };

/** A run over records of JSON with lists. */
export function listRun(random: Random): Run {
  const each = random.pick(EACH);
  const base = mappingWithForms(random);
  const fields = fieldsOf(base);
  const isTuple = random.chance(0.1);
  const names = new Map(
    fields.map((field, i) => [field, isTuple ? `[${i}]` : random.chance(0.5) ? field : random.pick(NAMES)(field)]),
  );
  const paths = each?.map((text) => pathOf(text)!);
  const prefix = random.chance(0.1) ? /^\S+ (?=\{)/u : undefined;
  const mapping: Mapping = { ...renamed(base, names), records: { each: paths, prefix }, inputFormat: 'ndjson' };
  const habit = jsonHabit(random);
  const oddness = random.pick([0, 0, 0, 0.02, 0.1, 0.4]);
  const writer = new RecordWriter(random, { habit, oddness, names });
  const isSpread = random.chance(0.15);
  const count = random.pick([1, 3, 10, 30, random.chance(0.1) ? 1200 : 60]);
  const inputs = Array.from({ length: random.pick([1, 1, 2]) }, (_, i) => {
    writer.rows = randomRows(random, fields, count);
    const lines: string[] = [];
    while (writer.rows.length > 0) {
      const path = paths ? random.pick(paths) : [];
      const text = writer.text(writer.record(path), isSpread ? '\n' : '');
      lines.push(prefix && random.chance(0.7) ? `é ${text}` : text);
    }
    if (random.chance(oddness))
      lines.splice(random.below(lines.length), 0, random.pick(['', '[]', '{}', 'x', '{"a":1}']));
    const between = random.chance(0.05) ? ' ' : '\n';
    const whole = random.chance(0.1) ? `[${lines.join(',')}]` : lines.join(between) + (random.chance(0.8) ? '\n' : '');
    return {
      name: `input${i}`,
      bytes: damaged(Buffer.from(random.chance(0.05) ? `\ufeff${whole}` : whole), random),
      packing: random.pick(['file', 'file', 'gzip', 'stream'] as const),
    };
  });
  return runOver(inputs, mapping, random);
}

/** Fields that a mapping reads. */
function fieldsOf({ roles, meters, dimensions, where = [], derived = new Map() }: Mapping): string[] {
  const ofForm = (form: FieldForm): string[] => {
    if (form.kind === 'field') return [form.field];
    if (form.kind === 'when') return [...ofForm(form.of), ...form.where.map(({ field }) => field)];
    return 'of' in form ? [form.of].flat().flatMap(ofForm) : [];
  };
  const direct = [
    ...Object.values(roles).flatMap((role) => ('names' in role ? role.names : [])),
    ...[...(meters?.values() ?? [])].flatMap((source) => ('field' in source ? [source.field] : [])),
    ...dimensions.values(),
    ...where.map(({ field }) => field),
  ].filter((name) => !derived.has(name));
  const known = [...direct, ...[...derived.values()].flatMap(ofForm)].filter((name) => name in ALL);
  return [...new Set(known.length > 0 ? known : ['t', 'who', 'n'])];
}

const ALL: Readonly<Row> = randomFields();

function randomFields(): Row {
  const names = ['t', 'date', 'time', 'lt', 'host', 'uri', 'n', 'm', 'kind', 'status', 'who', 'id'];
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** The mapping with other names for its fields. */
function renamed(mapping: Mapping, names: ReadonlyMap<string, string>): Mapping {
  const { roles, meters, dimensions, where, derived } = mapping;
  const nameOf = (field: string) => names.get(field) ?? field;
  const condition = (one: RowCondition): RowCondition => ({ ...one, field: nameOf(one.field) });
  const form = (one: FieldForm): FieldForm => {
    if (one.kind === 'field') return { ...one, field: nameOf(one.field) };
    if (one.kind === 'when') return { ...one, of: form(one.of), where: one.where.map(condition) };
    if (!('of' in one)) return one;
    return { ...one, of: Array.isArray(one.of) ? one.of.map(form) : form(one.of as FieldForm) } as FieldForm;
  };
  const role = (source: FieldSource): FieldSource => ('names' in source ? { names: source.names.map(nameOf) } : source);
  const meter = (source: MeterSource): MeterSource =>
    'field' in source ? { ...source, field: nameOf(source.field) } : source;
  return {
    ...mapping,
    roles: {
      timestamp: role(roles.timestamp),
      customer: role(roles.customer),
      eventId: role(roles.eventId),
      source: role(roles.source),
    },
    ...(meters && { meters: new Map([...meters].map(([name, source]) => [name, meter(source)])) }),
    dimensions: new Map([...dimensions].map(([name, field]) => [name, nameOf(field)])),
    ...(where && { where: where.map(condition) }),
    ...(derived && { derived: new Map([...derived].map(([name, one]) => [name, form(one)])) }),
  };
}

type Habits = { readonly habit: JsonHabit; readonly oddness: number; readonly names: ReadonlyMap<string, string> };

class RecordWriter {
  /** Rows that are still to be written. */
  rows: Row[] = [];
  private readonly random: Random;
  private readonly habits: Habits;
  /** Carriage returns may stand between its parts. */
  private readonly isOld: boolean;

  constructor(random: Random, habits: Habits) {
    this.random = random;
    this.habits = habits;
    this.isOld = random.chance(0.05);
  }

  /** A record that has rows at the end of the path. */
  record(path: readonly PathStep[]): Json {
    const value = this.value(path, true);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : { x: value };
  }

  private value([step, ...rest]: readonly PathStep[], isWhole = false): Json {
    const { random } = this;
    if (!isWhole && random.chance(this.habits.oddness * 0.2)) return this.oddValue();
    if (!step) return this.fields(this.rows.pop() ?? {}, 0.95);
    if ('every' in step)
      return Array.from({ length: random.pick([0, 1, 1, 2, 3, random.chance(0.1) ? 40 : 4]) }, () => this.value(rest));
    if ('index' in step) return [...Array.from({ length: step.index }, () => this.oddValue()), this.value(rest)];
    if ('where' in step) {
      const found = this.value(rest);
      const { key, text } = step.where;
      const entry =
        found !== null && typeof found === 'object' && !Array.isArray(found) ? { [key]: text, ...found } : found;
      const others = Array.from({ length: random.below(3) }, () =>
        random.chance(0.5) ? { [key]: 'other' } : this.oddValue(),
      );
      return random.shuffled([entry, ...others]);
    }
    const inside = this.value(rest);
    const outer = this.fields(this.rows.at(-1) ?? {}, random.pick([0, 0.1, 0.4]));
    if (Array.isArray(outer) || outer === null || typeof outer === 'string') return { [step.key]: inside };
    return random.chance(0.5) ? { ...outer, [step.key]: inside } : { [step.key]: inside, ...outer };
  }

  private oddValue(): Json {
    return this.random.pick<() => Json>([
      () => null,
      () => '17',
      () => 'a',
      () => [],
      () => ({}),
      () => [[]],
      () => ['1', 'a', null],
      () => ({ key: 'who', name: 'n', kind: 'a', rows: [] }),
    ])();
  }

  /** An object with the fields of a row under their names, each with a probability. */
  private fields(row: Row, share: number): Json {
    const { random, habits } = this;
    const object: { [key: string]: Json } = {};
    const tuple: Json[] = [];
    for (const [field, text] of random.shuffled(Object.entries(row))) {
      const isLeftOut = !random.chance(share) || random.chance(habits.oddness * 0.2);
      const name = habits.names.get(field)!;
      const value = random.chance(habits.oddness * 0.1) ? this.oddValue() : text;
      const index = /^\[(\d+)\]$/.exec(name);
      if (index) tuple[Number(index[1])] = isLeftOut ? null : value;
      else if (!isLeftOut) this.put(object, name, value);
    }
    return tuple.length > 0 ? Array.from(tuple, (entry) => entry ?? null) : object;
  }

  private put(object: { [key: string]: Json }, name: string, value: Json): void {
    const { random } = this;
    if (random.chance(0.03)) {
      object[name] = value;
      return;
    }
    const steps = pathOf(name)!;
    let at: Json = object;
    for (const [i, step] of steps.entries()) {
      const next = steps[i + 1];
      const fresh = (): Json => (next === undefined ? value : 'key' in next ? {} : []);
      if ('key' in step && at && typeof at === 'object' && !Array.isArray(at)) {
        if (!Object.hasOwn(at, step.key) || next === undefined) at[step.key] = fresh();
        at = at[step.key]!;
      } else if ('index' in step && Array.isArray(at)) {
        while (at.length <= step.index) at.push(at.length === step.index ? fresh() : this.oddValue());
        at = at[step.index]!;
      } else if ('where' in step && Array.isArray(at)) {
        const entry: Json = { [step.where.key]: step.where.text };
        if (random.chance(0.3)) at.push(this.oddValue());
        at.push(entry);
        if (random.chance(0.1)) at.push({ [step.where.key]: step.where.text });
        at = entry;
      } else return;
    }
  }

  /** The JSON of a value; `space` may stand between its parts. */
  text(value: Json, space: string): string {
    const { random } = this;
    const { habit, oddness } = this.habits;
    const gap = () =>
      random.chance(habit.blanks)
        ? random.pick([' ', '\t', '  ', this.isOld ? '\r' : ' '])
        : random.chance(0.2)
          ? space
          : '';
    if (random.chance(oddness * 0.02)) return jsonValue(random, habit);
    if (value === null) return 'null';
    if (typeof value === 'string')
      return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) && random.chance(0.6) ? value : jsonText(value, random, habit);
    const parts = Array.isArray(value)
      ? value.map((entry) => this.text(entry, space))
      : Object.entries(value).flatMap(([key, entry]) => {
          const written = `${jsonText(key, random, habit)}${gap()}:${gap()}${this.text(entry, space)}`;
          return random.chance(oddness * 0.02) ? [written, written] : [written];
        });
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    return `${open}${gap()}${parts.join(`${gap()},${gap()}`)}${gap()}${close}`;
  }
}
