/** Reads the forms in which a mapping file may describe a value of a row. */
import type { CodeOf } from '../core/problemCodes.ts';
import { failed, parseNumber } from '../core/quantity.ts';
import { timeFormatOf } from '../core/timeFormat.ts';
import type { FieldForm, TextStep } from '../core/usage/fieldForm.ts';
import { pathOf } from '../core/usage/recordForm.ts';
import type { ConfigReader } from './configReader.ts';
import type { WrittenForm, WrittenMap } from './mappingSchema.ts';
import type { Path } from './yamlFile.ts';

export type MappingReader = ConfigReader<CodeOf<'mapping'>>;

/** Collects the forms of a mapping, and gives each a name that roles, meters and dimensions have for it. */
export class FormNames {
  readonly derived: Map<string, FieldForm> = new Map();

  /** Name of a form: of a field as it stands, its own. */
  of(form: FieldForm): string {
    if (form.kind === 'field' && form.steps.length === 0) return form.field;
    const described = describe(form);
    let name = described;
    for (let i = 2; this.derived.has(name); i++) name = `${described} (${i})`;
    this.derived.set(name, form);
    return name;
  }
}

/** A form in short words, for messages and lists. */
function describe(form: FieldForm): string {
  switch (form.kind) {
    case 'field':
      return [form.field, ...form.steps.map(describeStep)].join(' ');
    case 'constant':
      return `"${form.text}"`;
    case 'joined':
      return form.of.map(describe).join(' + ');
    case 'first':
      return form.of.map(describe).join(' or ');
    case 'product':
      return form.of.map(describe).join(' × ');
    case 'instant':
      return describe(form.of);
    case 'lookup':
      return `${describe(form.of)} (in ${form.file})`;
    case 'when':
      return `${describe(form.of)} (${form.where.map(({ field }) => `by ${field}`).join(', ')})`;
  }
}

function describeStep(step: TextStep): string {
  switch (step.kind) {
    case 'url':
      return `(${step.part})`;
    case 'query':
      return `(parameter ${step.name})`;
    case 'before':
    case 'after':
      return `(${step.kind} ${step.text})`;
    case 'label':
      return `(label ${step.place})`;
    case 'pattern':
      return '(pattern)';
    case 'decode':
      return '(decoded)';
    case 'nothing':
      return `(not ${step.texts.join(', ')})`;
    case 'decimal-comma':
      return '(decimal comma)';
  }
}

/** The form of a written value; undefined, with a problem, if it is none. */
export function readForm(written: WrittenForm, path: Path, reader: MappingReader): FieldForm | undefined {
  if (typeof written === 'string') return fieldAlone(written, path, reader);
  if (Array.isArray(written)) return joined(written, path, reader);
  const kinds = KINDS.filter((kind) => written[kind] !== undefined);
  if (kinds.length === 0) {
    reader.error('missing-key', path, `there is none of ${KINDS.join(', ')} here`, 'write field: and a name');
    return undefined;
  }
  if (kinds.length > 1) {
    const found = kinds.map((kind) => `${kind}:`).join(' and ');
    reader.error('bad-form', path, `${found} both say where the value is`, 'leave all but one of them out');
    return undefined;
  }
  const [kind] = kinds as [(typeof KINDS)[number]];
  const steps = readSteps(written, path, reader);
  if (kind !== 'field' && (steps.length > 0 || written.lookup !== undefined)) {
    const hint = kind === 'value' ? 'leave them out' : 'write them with each field';
    reader.error('bad-form', path, `parts of a text are for field:, and here is ${kind}:`, hint);
    return undefined;
  }
  return withFormat(formOf(kind, written, { path, steps, reader }), written.format, path, reader);
}

const KINDS = ['field', 'fields', 'value', 'first_of', 'product'] as const;

type Place = { readonly path: Path; readonly steps: readonly TextStep[]; readonly reader: MappingReader };

function formOf(kind: (typeof KINDS)[number], written: WrittenMap, place: Place): FieldForm | undefined {
  const { path, steps, reader } = place;
  switch (kind) {
    case 'field': {
      const form = fieldAlone(written.field!, [...path, 'field'], reader);
      if (form?.kind !== 'field') return undefined;
      const of = { ...form, steps };
      return written.lookup === undefined ? of : { kind: 'lookup', of, file: written.lookup };
    }
    case 'fields':
      return joined(written.fields!, [...path, 'fields'], reader);
    case 'value':
      return { kind: 'constant', text: written.value! };
    case 'first_of': {
      const of = readForms(written.first_of!, [...path, 'first_of'], reader);
      return of && { kind: 'first', of };
    }
    case 'product': {
      const of = readForms(written.product!, [...path, 'product'], reader);
      return of && { kind: 'product', of: of.map(asFactor) };
    }
  }
}

/** A factor that is written as a number is that number. */
function asFactor(form: FieldForm): FieldForm {
  if (form.kind !== 'field' || failed(parseNumber(form.field))) return form;
  return { kind: 'constant', text: form.field.replaceAll('_', '') };
}

function readForms(list: readonly WrittenForm[], path: Path, reader: MappingReader): FieldForm[] | undefined {
  const forms = list.map((one, i) => readForm(one, [...path, i], reader));
  return forms.every((one) => one !== undefined) ? forms : undefined;
}

function joined(names: readonly string[], path: Path, reader: MappingReader): FieldForm | undefined {
  const of = readForms(names, path, reader);
  return of && { kind: 'joined', of, between: ' ' };
}

function fieldAlone(name: string, path: Path, reader: MappingReader): FieldForm | undefined {
  if (name.includes('[') && !pathOf(name)) {
    reader.error('bad-path', path, `"${name}" is no path`, PATH_HINT);
    return undefined;
  }
  return { kind: 'field', field: name, steps: [] };
}

export const PATH_HINT = 'write keys between dots, [0] or [key=text] for an entry of an array, [] for each of them';

function withFormat(form: FieldForm | undefined, format: string | undefined, path: Path, reader: MappingReader) {
  if (!form || format === undefined) return form;
  const parsed = timeFormatOf(format);
  if (!('reason' in parsed)) return { kind: 'instant', of: form, format: parsed } as const;
  const hint = 'for instance %Y-%m-%dT%H:%M:%S%z; %f are digits of a fraction, %s seconds since 1970';
  reader.error('bad-format', [...path, 'format'], `"${format}": ${parsed.reason}`, hint);
  return undefined;
}

/** The steps of a field, in the order in which they are made. */
function readSteps(written: WrittenMap, path: Path, reader: MappingReader): TextStep[] {
  const steps: TextStep[] = [];
  const { url, query, before, after, label, pattern, decode, nothing } = written;
  if (url !== undefined) steps.push({ kind: 'url', part: url });
  if (query !== undefined) steps.push({ kind: 'query', name: query });
  if (before !== undefined) steps.push({ kind: 'before', text: before });
  if (after !== undefined) steps.push({ kind: 'after', text: after });
  if (label !== undefined) {
    if (/^-?[1-9]\d?$/.test(label)) steps.push({ kind: 'label', place: Number(label) });
    else
      reader.error(
        'bad-form',
        [...path, 'label'],
        `"${label}" is no place of a label`,
        'write 1, 2, … or -1 for the last',
      );
  }
  if (pattern !== undefined) {
    const compiled = patternOf(pattern);
    if (compiled instanceof RegExp) steps.push({ kind: 'pattern', pattern: compiled });
    else reader.error('bad-pattern', [...path, 'pattern'], `"${pattern}": ${compiled}`, PATTERN_HINT);
  }
  if (decode !== undefined) steps.push({ kind: 'decode' });
  if (nothing !== undefined) steps.push({ kind: 'nothing', texts: [nothing].flat() });
  return steps;
}

export const PATTERN_HINT = 'write a regular expression of JavaScript, in single quotes, for instance ^/t/([^/]+)/';

/** The pattern, or why it is none. */
export function patternOf(text: string): RegExp | string {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    return (error as Error).message.replace(/^.*: /s, '');
  }
}
