/** Works out values that a mapping describes by more than one field as it stands. */
import { Decimal } from '../core/decimal.ts';
import { instantText } from '../core/timeFormat.ts';
import type { FieldForm, Matcher, RowCondition, TextStep, UrlPart } from '../core/usage/fieldForm.ts';
import { type Fault, plainQuantity, quantityFault } from './row.ts';

/** The fields of a row, whatever its format. */
export type RowFields = {
  /** Text of a field, '' for nothing. */
  text(name: string): string;
  /** The fields as conditions see them. */
  readonly conditions: ConditionFields;
  /** Takes note of why the row has no such value; the first one counts. */
  fault(fault: Fault): void;
};

export type ConditionFields = {
  /** Text of a field, '' for nothing and for an object. */
  text(name: string): string;
  /** True if the field has a value of any kind. */
  has(name: string): boolean;
};

/** By the name of a lookup file: value by text. */
export type Lookups = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Row in which a form is worked out. `name`: the form's own, for messages. */
export type FormContext = { readonly name: string; readonly fields: RowFields; readonly lookups: Lookups };

/** The value of a form in a row, '' for nothing. */
export function formText(form: FieldForm, context: FormContext): string {
  switch (form.kind) {
    case 'field':
      return form.steps.reduce(
        (text, step) =>
          text === '' ? '' : step.kind === 'decimal-comma' ? pointed(text, context) : stepped(text, step),
        context.fields.text(form.field),
      );
    case 'constant':
      return form.text;
    case 'joined': {
      const texts = form.of.map((one) => formText(one, context));
      return texts.includes('') ? '' : texts.join(form.between);
    }
    case 'first':
      return firstText(form.of, context);
    case 'product':
      return productText(form.of, context);
    case 'lookup': {
      const text = formText(form.of, context);
      return text === '' ? '' : lookedUp(text, form.file, context);
    }
    case 'when':
      return leftOutBy(form.where, context.fields.conditions) ? '' : formText(form.of, context);
    case 'instant': {
      const text = formText(form.of, context);
      const instant = text === '' ? '' : instantText(text, form.format);
      if (instant === undefined) context.fields.fault({ code: 'not-a-timestamp', column: context.name, text });
      return instant ?? '';
    }
  }
}

function firstText(forms: readonly FieldForm[], context: FormContext): string {
  for (const form of forms) {
    const text = formText(form, context);
    if (text !== '') return text;
  }
  return '';
}

/** A factor that is no quantity is the product, so that the row is rejected for it. */
function productText(factors: readonly FieldForm[], context: FormContext): string {
  let product = new Decimal(1);
  for (const factor of factors) {
    const text = formText(factor, context);
    if (text === '' || quantityFault(text)) return text;
    product = product.times(plainQuantity(text));
  }
  return product.toFixed();
}

function lookedUp(text: string, file: string, { name, fields, lookups }: FormContext): string {
  const found = lookups.get(file)?.get(text);
  if (found === undefined) fields.fault({ code: 'not-in-lookup', column: name, text });
  return found ?? '';
}

/** A number with its decimal comma as a point. A point beside it may be one of thousands: that is no guess to make. */
function pointed(text: string, { name, fields }: FormContext): string {
  const number = text.replace(',', '.');
  if (text.includes('.') || quantityFault(number) === 'not-a-number')
    fields.fault({ code: 'not-a-number', column: name, text });
  return number;
}

function stepped(text: string, step: Exclude<TextStep, { kind: 'decimal-comma' }>): string {
  switch (step.kind) {
    case 'url':
      return urlPart(text, step.part);
    case 'query':
      return parameterOf(text, step.name);
    case 'before': {
      const end = text.indexOf(step.text);
      return end < 0 ? text : text.slice(0, end);
    }
    case 'after': {
      const found = text.indexOf(step.text);
      return found < 0 ? '' : text.slice(found + step.text.length);
    }
    case 'label': {
      const labels = text.replace(/\.$/, '').split('.');
      return labels.at(step.place > 0 ? step.place - 1 : step.place) ?? '';
    }
    case 'pattern': {
      const match = step.pattern.exec(text);
      return match ? (match.length > 1 ? (match[1] ?? '') : match[0]) : '';
    }
    case 'decode':
      return percentDecoded(text);
    case 'nothing':
      return step.texts.includes(text) ? '' : text;
  }
}

/** A URL with its scheme, or `host:port`, or a path. */
const URL_PARTS = /^(?:(?:[a-z][a-z\d+.-]*:)?\/\/)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;

function urlPart(text: string, part: UrlPart): string {
  const [, authority = '', path = '', query = ''] = URL_PARTS.exec(text) ?? [];
  if (part === 'path') return path;
  if (part === 'query') return query;
  return authority.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase();
}

/** The first value of a parameter; a text without a question mark is a query string itself. */
function parameterOf(text: string, name: string): string {
  const mark = text.indexOf('?');
  const query = text.slice(mark + 1).replace(/#.*$/s, '');
  for (const pair of query.split('&')) {
    const [key = '', value = ''] = pair.split(/=(.*)/s);
    if (percentDecoded(key.replaceAll('+', ' ')) === name) return percentDecoded(value.replaceAll('+', ' '));
  }
  return '';
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** The first condition that a row does not meet, with what the row has instead. */
export type LeftOut = { readonly field: string; readonly text: string };

export function leftOutBy(where: readonly RowCondition[], { text, has }: ConditionFields): LeftOut | undefined {
  for (const { field, matchers, isNegated } of where) {
    const found = text(field);
    const isMet = matchers.some((matcher) => fits(found, matcher, () => has(field))) !== isNegated;
    if (!isMet) return { field, text: found };
  }
  return undefined;
}

function fits(text: string, matcher: Matcher, isPresent: () => boolean): boolean {
  switch (matcher.kind) {
    case 'text':
      return text === matcher.text;
    case 'class':
      return text.length === 3 && text.startsWith(matcher.digit) && /^\d{3}$/.test(text);
    case 'present':
      return isPresent();
    case 'range': {
      if (text === '' || quantityFault(text)) return false;
      const number = new Decimal(plainQuantity(text));
      const { from, to } = matcher;
      return (from === undefined || number.gte(from)) && (to === undefined || number.lte(to));
    }
  }
}
