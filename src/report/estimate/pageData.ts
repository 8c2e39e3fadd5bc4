/** Data that the page starts from, as JSON: decimals, fractions and maps keep being what they are. */
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { Decimal } from '../../core/decimal.ts';
import type { EdgeConfig } from '../../core/estimate/edge.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Period } from '../../core/period.ts';

export type PageData = {
  readonly name: string;
  readonly month: string | null;
  readonly tier: string;
  /** In UTC: a calendar month has as many days in every zone, and days are all that rating a month asks for. */
  readonly rateCard: RateCard;
  readonly period: Period;
  readonly config: EdgeConfig;
};

export function encodePageData(data: PageData): string {
  // `<` never stands raw, so that no text can end the script element around it.
  return JSON.stringify(encode(data)).replaceAll('<', '\\u003c');
}

export function decodePageData(text: string): PageData {
  return JSON.parse(text, (_, value: unknown) => decode(value)) as PageData;
}

function encode(value: unknown): unknown {
  if (value instanceof Decimal) return { $decimal: value.toFixed() };
  if (value instanceof Fraction) return { $fraction: [value.numerator.toFixed(), value.denominator.toFixed()] };
  if (value instanceof Map) return { $map: [...value].map(([key, entry]) => [key, encode(entry)]) };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, encode(entry)]));
}

function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$decimal' in value) return new Decimal(value.$decimal as string);
  if ('$fraction' in value) return Fraction.of(...(value.$fraction as [string, string]));
  return '$map' in value ? new Map(value.$map as [unknown, unknown][]) : value;
}
