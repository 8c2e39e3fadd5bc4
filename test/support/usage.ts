/** Usage as tests write it: quantities as texts, by meter. */
import type { RateCard } from '../../src/core/catalog/rateCard.ts';
import { Decimal, sum } from '../../src/core/decimal.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../../src/core/usage/ledger.ts';

/** A quantity, with the number of rows behind it where that matters (otherwise 1, or 0 for a quantity of 0). */
export type QuantityText = string | { readonly quantity: string; readonly events: number };
/** By meter: a quantity, or quantities by the values of one dimension, which add up. */
export type UsageTexts = Readonly<Record<string, QuantityText | DimensionText>>;
export type DimensionText = { readonly by: string; readonly values: Readonly<Record<string, QuantityText>> };

/** Usage of every meter of the rate card; nothing of those that `texts` leaves out. */
export function usageOf(rateCard: Pick<RateCard, 'meters'>, texts: UsageTexts): Usage {
  for (const name of Object.keys(texts)) {
    if (!rateCard.meters.has(name)) throw new Error(`there is no meter ${name}`);
  }
  return new Map([...rateCard.meters.keys()].map((name) => [name, meteredUsage(texts[name] ?? '0')]));
}

function meteredUsage(text: QuantityText | DimensionText): MeteredUsage {
  if (typeof text === 'string' || 'quantity' in text) return { ...meterUsage(text), by: new Map() };
  const parts = new Map(Object.entries(text.values).map(([value, part]) => [value, meterUsage(part)]));
  const quantity = sum([...parts.values()].map((part) => part.quantity));
  const events = [...parts.values()].reduce((count, part) => count + part.events, 0);
  return { quantity, events, by: new Map([[text.by, parts]]) };
}

function meterUsage(text: QuantityText): MeterUsage {
  if (typeof text !== 'string') return { quantity: new Decimal(text.quantity), events: text.events };
  const quantity = new Decimal(text);
  return { quantity, events: quantity.isZero() ? 0 : 1 };
}
