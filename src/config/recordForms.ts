/** Reads what a mapping file says of lines, records and the rows that count. */
import { failed, parseNumber } from '../core/quantity.ts';
import type { Matcher, RowCondition } from '../core/usage/fieldForm.ts';
import { type LineForm, type LogFormat, pathOf, type RecordForm } from '../core/usage/recordForm.ts';
import { type MappingReader, PATH_HINT } from './fieldForms.ts';
import type { MappingFile, WrittenCondition } from './mappingSchema.ts';
import type { Path } from './yamlFile.ts';

/** Undefined if the file says nothing about them. */
export function readRecords(tree: MappingFile, reader: MappingReader): RecordForm | undefined {
  const { comments, header, each } = tree;
  const line = readLine(tree, reader);
  const steps = each === undefined ? undefined : pathOf(each);
  if (each !== undefined && !steps) reader.error('bad-path', ['each'], `"${each}" is no path`, PATH_HINT);
  if (line?.kind === 'formats' && header !== undefined)
    reader.error('bad-form', ['header'], 'format: names the fields, and so does header:', 'leave one of them out');
  if (line && each !== undefined)
    reader.error('bad-form', ['each'], 'each: is for JSON, and lines of a text log are none', 'leave it out');
  if (line?.kind === 'space-quoted' && header === undefined)
    reader.error('bad-form', ['split'], 'nothing names the fields', 'write header: [name, …] in their order');
  if (comments === undefined && header === undefined && !line && !steps) return undefined;
  return {
    ...{ comments, line, each: steps },
    header: header === undefined ? undefined : typeof header === 'string' ? { mark: header } : { names: header },
  };
}

function readLine({ format, split }: MappingFile, reader: MappingReader): LineForm | undefined {
  if (format !== undefined && split !== undefined)
    reader.error('bad-form', ['split'], 'format: cuts lines, and so does split:', 'leave one of them out');
  if (split !== undefined) return { kind: 'space-quoted' };
  if (format === undefined) return undefined;
  const isList = Array.isArray(format);
  const formats = [format].flat().flatMap((text, i) => {
    const parsed = logFormatOf(text);
    if (!('reason' in parsed)) return [parsed];
    const hint = 'write for instance %h %^ %e [%t] "%r" %s %b; %{name} is a field of your own';
    reader.error('bad-format', isList ? ['format', i] : ['format'], `"${text}": ${parsed.reason}`, hint);
    return [];
  });
  return { kind: 'formats', formats };
}

/** Letters of GoAccess. A field is called by its letter: `%h`. */
const LETTERS = 'hveurmUqHsbRdtxDTLnCKkM';

/** A log format, or why it is none. */
export function logFormatOf(text: string): LogFormat | { readonly reason: string } {
  const parts: ({ literal: string } | { field: string; letter?: string })[] = [];
  const names = new Set<string>();
  for (const [token, name] of text.matchAll(/%\{([^{}]+)\}|%[^{]|[^%]+|%/gs)) {
    const before = parts.at(-1);
    if (!token.startsWith('%') || token === '%%') {
      const literal = token === '%%' ? '%' : token;
      if (before && 'literal' in before) before.literal += literal;
      else parts.push({ literal });
      continue;
    }
    const field = logField(token, name);
    if ('reason' in field) return field;
    if (before && 'field' in before) return { reason: `nothing separates ${token} from the field before it` };
    if (field.field !== '' && names.has(field.field)) return { reason: `${field.field} stands twice in it` };
    names.add(field.field);
    parts.push(field);
  }
  return names.size === 0 ? { reason: 'it names no field' } : parts;
}

/** `name`: what stands in braces. */
function logField(token: string, name: string | undefined): { field: string; letter?: string } | { reason: string } {
  if (name !== undefined) return { field: name };
  const letter = token[1];
  if (letter === undefined) return { reason: 'a letter or a name in braces is missing behind %' };
  if (letter === '^') return { field: '' };
  if (LETTERS.includes(letter)) return { field: token, letter };
  return { reason: `there is no ${token}; letters are %${[...LETTERS].join(' %')}, and %^ is left out` };
}

/** The conditions of `where`. */
export function readWhere(where: NonNullable<MappingFile['where']>, reader: MappingReader): RowCondition[] {
  return Object.entries(where).flatMap(([field, written]): RowCondition[] => {
    const path = ['where', field];
    if (field.includes('[') && !pathOf(field)) {
      reader.error('bad-path', path, `"${field}" is no path`, PATH_HINT, 'key');
      return [];
    }
    const condition = readCondition(written, path, reader);
    return condition ? [{ field, ...condition }] : [];
  });
}

function readCondition(written: WrittenCondition, path: Path, reader: MappingReader) {
  if (typeof written === 'string' || Array.isArray(written))
    return { matchers: [written].flat().map(matcherOf), isNegated: false };
  const { not, from, to, present } = written;
  const kinds = [not, from ?? to, present].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    const hint = 'write a text, a list of texts, { not: text }, { from: 200, to: 299 } or { present: true }';
    reader.error('bad-form', path, 'a condition has one of not, from and to, present', hint);
    return undefined;
  }
  if (not !== undefined) return { matchers: [not].flat().map(matcherOf), isNegated: true };
  if (present !== undefined) return { matchers: [{ kind: 'present' } as const], isNegated: present === 'false' };
  for (const [key, bound] of [['from', from] as const, ['to', to] as const]) {
    const number = bound === undefined ? undefined : parseNumber(bound);
    if (number && failed(number))
      reader.error(number.code, [...path, key], `"${bound}" ${number.reason}`, 'write a number that is 0 or more');
  }
  return { matchers: [{ kind: 'range', from: plain(from), to: plain(to) } as const], isNegated: false };
}

function plain(number: string | undefined): string | undefined {
  return number?.replaceAll('_', '');
}

function matcherOf(text: string): Matcher {
  return /^[1-5]xx$/i.test(text) ? { kind: 'class', digit: text[0]! } : { kind: 'text', text };
}
