/** Forms in which a mapping may describe a value of a row, beside a column or key alone. */
import type { TimeFormat } from '../timeFormat.ts';

/** Changes of a field's text, in the order in which they are made. An empty text stays empty. */
export type TextStep =
  /** Part of a URL, or of what follows the host in one. Hosts come in lower case and without a port. */
  | { readonly kind: 'url'; readonly part: UrlPart }
  /** Value of a parameter in a URL or a query string, decoded. */
  | { readonly kind: 'query'; readonly name: string }
  /** All before, or behind, the first occurrence of a text; `before`: all of it, if it does not occur. */
  | { readonly kind: 'before' | 'after'; readonly text: string }
  /** One of the parts between dots: from 1 at the left, from −1 at the right. */
  | { readonly kind: 'label'; readonly place: number }
  /** First group of the first match, or the whole match where the pattern has no group. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  /** `%2F` becomes `/`. A sequence that is no UTF-8 stays as it is. */
  | { readonly kind: 'decode' }
  /** Texts that mean nothing. */
  | { readonly kind: 'nothing'; readonly texts: readonly string[] }
  /** `1,5` becomes `1.5`. A text with a point, or with several commas, is no number. */
  | { readonly kind: 'decimal-comma' };

export const URL_PARTS = ['host', 'path', 'query'] as const;
export type UrlPart = (typeof URL_PARTS)[number];

export type FieldForm =
  | { readonly kind: 'field'; readonly field: string; readonly steps: readonly TextStep[] }
  | { readonly kind: 'constant'; readonly text: string }
  /** Fields with a text between them; nothing, if one of them is nothing. */
  | { readonly kind: 'joined'; readonly of: readonly FieldForm[]; readonly between: string }
  /** The first that has a value. */
  | { readonly kind: 'first'; readonly of: readonly FieldForm[] }
  /** Numbers multiplied; nothing, if one of them is nothing. */
  | { readonly kind: 'product'; readonly of: readonly FieldForm[] }
  /** The value that a lookup file has for a text; a row whose text it lacks is rejected. */
  | { readonly kind: 'lookup'; readonly of: FieldForm; readonly file: string }
  /** A value of the rows that meet all conditions, nothing in others. */
  | { readonly kind: 'when'; readonly of: FieldForm; readonly where: readonly RowCondition[] }
  /** An instant written in a format of its own. */
  | { readonly kind: 'instant'; readonly of: FieldForm; readonly format: TimeFormat };

/** A text that a row's field must have. Ends of a range belong to it; a text that is no number lies in none. */
export type Matcher =
  | { readonly kind: 'text'; readonly text: string }
  /** `2xx`: numbers of three digits that begin with the digit. */
  | { readonly kind: 'class'; readonly digit: string }
  | { readonly kind: 'range'; readonly from?: string | undefined; readonly to?: string | undefined }
  | { readonly kind: 'present' };

/** RowCondition for a row to count: one of the matchers fits, or none does if it is negated. */
export type RowCondition = {
  readonly field: string;
  readonly matchers: readonly Matcher[];
  readonly isNegated: boolean;
};

/** Fields without which a form has no value in any row. */
export function requiredFields(form: FieldForm): readonly string[] {
  switch (form.kind) {
    case 'field':
      return [form.field];
    case 'constant':
    case 'first':
      return [];
    case 'joined':
    case 'product':
      return form.of.flatMap(requiredFields);
    case 'when':
      return [...requiredFields(form.of), ...namedFields(form.where)];
    case 'instant':
    case 'lookup':
      return requiredFields(form.of);
  }
}

/** Fields whose texts conditions name: some row has to have them. */
export function namedFields(where: readonly RowCondition[]): readonly string[] {
  return where.filter(({ matchers }) => matchers.every(({ kind }) => kind !== 'present')).map(({ field }) => field);
}

/** All fields that a form reads. */
export function fieldsOf(form: FieldForm): readonly string[] {
  const conditions = form.kind === 'when' ? form.where.map(({ field }) => field) : [];
  return [...valueFields(form), ...conditions];
}

/** Fields whose texts a form's value is made of. */
export function valueFields(form: FieldForm): readonly string[] {
  return form.kind === 'field' ? [form.field] : partsOf(form).flatMap(valueFields);
}

/** True if an export in which `has` says which fields there are can have a value of the form. */
export function isThere(form: FieldForm, has: (field: string) => boolean): boolean {
  if (form.kind === 'field') return has(form.field);
  if (form.kind === 'first') return form.of.some((one) => isThere(one, has));
  return partsOf(form).every((one) => isThere(one, has));
}

/** A form of numbers that are written with a decimal comma. */
export function withDecimalComma(form: FieldForm): FieldForm {
  switch (form.kind) {
    case 'field':
      return { ...form, steps: [...form.steps, { kind: 'decimal-comma' }] };
    case 'first':
    case 'product':
      return { ...form, of: form.of.map(withDecimalComma) };
    case 'when':
      return { ...form, of: withDecimalComma(form.of) };
    case 'constant':
    case 'joined':
    case 'lookup':
    case 'instant':
      return form;
  }
}

/** Names of the lookup files of a form. */
export function lookupsOf(form: FieldForm): readonly string[] {
  return [...(form.kind === 'lookup' ? [form.file] : []), ...partsOf(form).flatMap(lookupsOf)];
}

/** The forms that a form is made of. */
function partsOf(form: FieldForm): readonly FieldForm[] {
  return 'of' in form ? [form.of].flat() : [];
}
