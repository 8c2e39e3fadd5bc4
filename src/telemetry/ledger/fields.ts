/** Fields of records, checked one by one. */

/** Why a text is no record: a clause behind a colon. */
export class BadRecord extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRecord(`${what} is no object`);
  return value as Fields;
}

export function listOf<T>(value: unknown, what: string, one: (value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new BadRecord(`${what} is no list`);
  return value.map(one);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new BadRecord(`${what} is no text`);
  return value;
}

export function count(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new BadRecord(`${what} is no count`);
  return value as number;
}

export function positive(value: unknown, what: string): number {
  const number = count(value, what);
  if (number === 0) throw new BadRecord(`${what} is 0`);
  return number;
}

/** The text of a plain number; `mayBeNegative`: with a minus, too. */
export function quantity(value: unknown, what: string, { mayBeNegative = false } = {}): string {
  const text = textOf(value, what);
  if (!/^-?\d{1,400}(\.\d{1,128})?$/.test(text) || (text.startsWith('-') && !mayBeNegative))
    throw new BadRecord(`${what} "${text.slice(0, 40)}" is no plain number`);
  return text;
}

/** Up to the year 9999. */
export function nanoseconds(value: unknown, what: string): bigint {
  const text = textOf(value, what);
  if (!/^\d{1,21}$/.test(text)) throw new BadRecord(`${what} is no number of nanoseconds`);
  return BigInt(text);
}
