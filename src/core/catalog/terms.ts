/** Decides if two tiers come to the same amounts, by their terms and not by their names. */
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Tier } from './tier.ts';

/** Fields of a tier on which no amount depends. */
const BESIDE_AMOUNTS: ReadonlySet<string> = new Set<keyof Tier>(['name', 'features', 'purpose', 'rateLimit']);

/**
 * True if fee, limits, prices, minimum, maximum and discount are the same. Numbers are compared, not how they are written:
 * `200k` is `200000`, and `0.40/10k` is `0.00004`.
 */
export function haveSameTerms(a: Tier, b: Tier): boolean {
  return a === b || areSame(amountTerms(a), amountTerms(b));
}

function amountTerms(tier: Tier): object {
  return Object.fromEntries(Object.entries(tier).filter(([key]) => !BESIDE_AMOUNTS.has(key)));
}

function areSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Decimal.isDecimal(a)) return Decimal.isDecimal(b) && a.eq(b);
  if (a instanceof Fraction) return b instanceof Fraction && a.eq(b);
  const [ones, others] = [partsOf(a), partsOf(b)];
  return ones.size === others.size && [...ones].every(([key, one]) => others.has(key) && areSame(one, others.get(key)));
}

/** Contents of a map, a list or an object, without the texts that repeat it. */
function partsOf(whole: object): ReadonlyMap<unknown, unknown> {
  if (whole instanceof Map) return whole;
  const parts = new Map<unknown, unknown>(
    Object.entries(whole).filter(([key, part]) => key !== 'text' && part !== undefined),
  );
  const [amount, per] = [parts.get('amount'), parts.get('per')];
  // Of a linear price only the price of one unit counts; of packages also their size.
  if (!Decimal.isDecimal(amount) || !Decimal.isDecimal(per) || parts.get('model') === 'package') return parts;
  parts.delete('per');
  return parts.set('amount', Fraction.of(amount, per));
}
