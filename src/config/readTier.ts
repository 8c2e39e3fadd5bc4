/** One tier of a tier file: fee, limits, prices. */
import { isLevel, type Meter } from '../core/catalog/meter.ts';
import {
  type Charge,
  type Charges,
  type Fee,
  type Limit,
  type LimitBase,
  limitOf,
  type Tier,
  tierOf,
} from '../core/catalog/tier.ts';
import { type Decimal, ZERO } from '../core/decimal.ts';
import type { Price } from '../core/pricing/index.ts';
import type { SharedCode } from '../core/problemCodes.ts';
import { failed } from '../core/quantity.ts';
import { isWindow } from '../core/rating/windows.ts';
import type { ConfigReader } from './configReader.ts';
import type { PriceReader } from './prices/format.ts';
import { readLongPrice } from './prices/index.ts';
import { readShortPrice } from './prices/unitAmount.ts';
import { type DimensionPriceText, readDimensionPrice, type SinglePriceText } from './readDimensionPrice.ts';
import { parseMoney } from './texts.ts';
import { NEGOTIATED, type TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type TermsReader = ConfigReader<SharedCode<'terms'>>;

type TierText = TierFile['pricing_tiers'][string];
/** Terms of a tier, or those that a contract changes. */
export type TermsText = Omit<TierText, 'cost' | 'features' | 'purpose'> & { cost?: string | undefined };
type OverageMap = Exclude<NonNullable<TierText['overage']>, string>;

/** A tier of the tier file. */
export function readTier(reader: TermsReader, name: string, tree: TierText, meters: ReadonlyMap<string, Meter>): Tier {
  const path = ['pricing_tiers', name];
  const blank: Tier = {
    kind: 'listed',
    name,
    fee: { kind: 'none' },
    limits: new Map(),
    charges: new Map(),
    features: tree.features ?? [],
  };
  const tier = readTerms(reader, tree, path, meters, blank);
  const isUnpriced = tree.overage !== NEGOTIATED && pricedMeters(tree.overage ?? {}).size === 0;
  if (/usage/.test(tree.cost) && isUnpriced) {
    const message = `cost: ${tree.cost} promises usage charges, but no overage has a price`;
    reader.warn('usage-without-price', [...path, 'cost'], message, 'add prices under overage');
  }
  return { ...tier, ...(tree.purpose !== undefined && { purpose: tree.purpose }) };
}

/** `base` with what `tree` says instead: of limits and prices only those of the meters that it names. */
export function readTerms(
  reader: TermsReader,
  tree: TermsText,
  path: Path,
  meters: ReadonlyMap<string, Meter>,
  base: Tier,
): Tier {
  const fee = tree.cost === undefined ? base.fee : readFee(reader, tree.cost, [...path, 'cost']);
  const limits = new Map([...base.limits, ...readLimits(reader, tree.limits ?? {}, [...path, 'limits'], meters)]);
  const charges = readCharges(reader, tree.overage, [...path, 'overage'], meters, base.charges);
  checkHardCaps(reader, tree, path, base, { limits, charges, meters });
  const [minimum, maximum] = (['minimum', 'maximum'] as const).map((key) => {
    const text = tree[key];
    return text === undefined ? base[key] : reader.money(text, [...path, key]);
  });
  if (minimum && maximum && minimum.gt(maximum)) {
    const key = tree.minimum === undefined ? 'maximum' : 'minimum';
    const message = `the minimum of ${minimum.toFixed()} is above the maximum of ${maximum.toFixed()}`;
    reader.error('minimum-above-maximum', [...path, key], message, 'swap them, or remove one');
  }
  const discount = tree.discount === undefined ? undefined : reader.share(tree.discount, [...path, 'discount']);
  if (discount?.gt(1)) {
    const message = `a discount of ${tree.discount} is more than the whole`;
    reader.error('share-out-of-range', [...path, 'discount'], message, 'write at most 100%');
  }
  const rateLimit = tree.rate_limit === undefined ? undefined : readRateLimit(reader, tree.rate_limit, path);
  const { kind: _, fee: baseFee, charges: baseCharges, ...plan } = base;
  return tierOf({
    ...plan,
    limits,
    ...(fee && { fee }),
    ...(charges && { charges }),
    ...(rateLimit && { rateLimit: { perSecond: rateLimit, text: tree.rate_limit! } }),
    ...(minimum && { minimum }),
    ...(maximum && { maximum }),
    ...(discount && { discount: { share: discount, text: tree.discount! } }),
  });
}

/**
 * A limit without a price is a hard cap. In a tier with prices, an unwritten cap is likely a forgotten price, and would
 * block without a word usage that was meant to be sold. So there it has to be written: `overage: { compute: null }`.
 */
function checkHardCaps(
  reader: TermsReader,
  { limits: own = {}, overage }: TermsText,
  path: Path,
  base: Tier,
  {
    limits,
    charges,
    meters,
  }: {
    limits: Tier['limits'];
    charges: Charges | undefined;
    meters: ReadonlyMap<string, Meter>;
  },
): void {
  const blocked = blockedMeters(overage);
  for (const meter of blocked === 'all' ? [] : blocked) {
    if (limits.has(meter) || !meters.has(meter)) continue;
    const hint = `write a limit for ${meter}, or leave out ${meter}: null`;
    const message = `${meter}: null blocks what is beyond a limit, but ${meter} has no limit`;
    reader.error('null-without-limit', [...path, 'overage', meter], message, hint);
  }
  if (!charges) return; // a contract gives the prices
  const priced = new Set([...charges.keys(), ...pricedMeters(overage ?? {})]);
  for (const [meter, { quantity, text }] of limits) {
    if (priced.has(meter)) continue;
    const place = meter in own ? [...path, 'limits', meter] : [...path, 'overage'];
    const wasBlocked = limitOf(base, meter)?.beyond === 'blocked';
    if (quantity.isZero()) {
      const hint = `write a limit above 0, or a price for ${meter} under overage`;
      const message = `a limit of 0 without an overage price blocks all ${meter}`;
      reader.error('blocks-everything', place, message, hint);
    } else if (priced.size > 0 && blocked !== 'all' && !blocked.has(meter) && !wasBlocked) {
      const hint = `write a price for ${meter} under overage, or ${meter}: null if it is to be blocked`;
      const message = `overage has prices, but none for ${meter}: all beyond ${text} would be blocked`;
      reader.error('limit-without-price', place, message, hint);
    }
  }
}

/** Undefined: a contract has to give it. */
function readFee(reader: TermsReader, text: string, path: Path): Fee | undefined {
  if (text === 'custom') return undefined;
  if (text === 'usage') return { kind: 'none' };
  const written = text.replace(/\s+flat$|\s*\+\s*usage$/, '');
  const amountText = written.replace(/\s*\/\s*(yr|year)$/, '');
  const amount = parseMoney(amountText, reader.currency);
  if (failed(amount) && amount.code === 'not-a-number') {
    const hint = 'write a number, "79 flat", "19 + usage", "190/yr", "usage" or "custom"';
    reader.error('not-a-cost', path, `"${text}" is not a cost`, amount.hint ?? hint);
    return { kind: 'none' };
  }
  // A year's fee is paid as it is written, a month's may be prorated: only the one has to be in whole minor units.
  if (amountText !== written) return { kind: 'annual', amount: reader.payment(amountText, path) ?? ZERO, text };
  return { kind: 'fixed', amount: reader.money(amountText, path) ?? ZERO, text };
}

function readLimits(
  reader: TermsReader,
  tree: Record<string, string>,
  path: Path,
  meters: ReadonlyMap<string, Meter>,
): ReadonlyMap<string, Limit> {
  const limits = new Map<string, Limit>();
  for (const [name, text] of Object.entries(tree)) {
    const meter = reader.named(meters, name, 'meter', [...path, name], 'key');
    const match = /^(.*?)\s*\/\s*(day|week|month|mo|year)$/.exec(text.trim());
    const quantityText = match ? match[1]! : text.trim();
    const quantity = meter && reader.quantity(quantityText, meter.unit, [...path, name]);
    if (!quantity) continue;
    const base = (match?.[2] === 'mo' ? 'month' : (match?.[2] ?? 'period')) as LimitBase;
    if (isWindow(base) && isLevel(meter)) {
      const message = `${name} is aggregated by ${meter.aggregation}: a level has no amount for a ${base}`;
      reader.error(
        'level-per-window',
        [...path, name],
        message,
        `write ${quantityText}, which limits the level at any time`,
      );
      continue;
    }
    const isMonthly = base === 'month' || base === 'period';
    limits.set(name, { quantity, per: base, text: isMonthly ? quantityText : `${quantityText}/${base}` });
  }
  return limits;
}

/** The charges of `base` with what `tree` says instead. Undefined: a contract has to give them. */
function readCharges(
  reader: TermsReader,
  tree: TierText['overage'],
  path: Path,
  meters: ReadonlyMap<string, Meter>,
  base: Charges | undefined,
): Charges | undefined {
  if (tree === undefined) return base;
  if (tree === null) return new Map();
  if (tree === NEGOTIATED) return undefined;
  const own = readPrices(reader, tree, path, meters);
  const blocked = blockedMeters(tree);
  const kept = [...(base ?? [])].filter(([meter]) => blocked === 'all' || !blocked.has(meter));
  return new Map([...kept, ...own]);
}

function readPrices(
  reader: TermsReader,
  tree: OverageMap,
  path: Path,
  meters: ReadonlyMap<string, Meter>,
): Map<string, Charge> {
  const charges = new Map<string, Charge>();
  for (const [key, price] of Object.entries(tree)) {
    const isByDimension = hasDimension(price);
    const meterKey = isByDimension && price.meter !== undefined ? [...path, key, 'meter'] : [...path, key];
    const meter = reader.named(meters, (isByDimension ? price.meter : undefined) ?? key, 'meter', meterKey, 'key');
    if (!meter || price === null) continue;
    if (charges.has(meter.name)) {
      const message = `${meter.name} already has a price in this tier`;
      reader.error('price-twice', [...path, key], message, 'keep one of them', 'key');
      continue;
    }
    if (isByDimension) {
      const own = (text: SinglePriceText, at: Path) => readPrice(reader, text, at, meter);
      charges.set(meter.name, readDimensionPrice(reader, price, [...path, key], meter, own));
    } else {
      const read = readPrice(reader, price, [...path, key], meter);
      if (read) charges.set(meter.name, { kind: 'single', price: read });
    }
  }
  return charges;
}

/** Meters that are meant to have a price, whether or not it could be read. */
function pricedMeters(tree: NonNullable<TierText['overage']>): ReadonlySet<string> {
  if (tree === NEGOTIATED) return new Set();
  return new Set(
    Object.entries(tree).flatMap(([key, price]) => (price === null ? [] : (hasDimension(price) && price.meter) || key)),
  );
}

/** Meters that are said to be blocked beyond their limits: `overage: { compute: null }`. */
function blockedMeters(tree: TierText['overage']): 'all' | ReadonlySet<string> {
  if (tree === null) return 'all';
  if (tree === undefined || tree === NEGOTIATED) return new Set();
  return new Set(Object.entries(tree).flatMap(([key, price]) => (price === null ? [key] : [])));
}

function hasDimension(price: OverageMap[string]): price is DimensionPriceText {
  return typeof price === 'object' && price !== null && 'by' in price;
}

function readPrice(reader: TermsReader, price: SinglePriceText, path: Path, meter: Meter): Price | undefined {
  const priced = priceReader(reader, path, meter);
  if (typeof price !== 'string') return readLongPrice(price, priced);
  const amount = readShortPrice(price, priced);
  return amount && { model: 'unit', ...amount };
}

export function priceReader(reader: TermsReader, base: Path, meter: Meter): PriceReader {
  return {
    unit: meter.unit,
    money: (text, ...path) => reader.money(text, [...base, ...path]),
    quantity: (text, ...path) => reader.quantity(text, meter.unit, [...base, ...path]),
    share: (text, ...path) => reader.share(text, [...base, ...path]),
    problem: ({ code, message, hint }, ...path) => reader.error(code, [...base, ...path], message, hint),
  };
}

function readRateLimit(reader: TermsReader, text: string, tier: Path): Decimal | undefined {
  const path = [...tier, 'rate_limit'];
  const match = /^(.*?)\s*\/\s*s$/.exec(text.trim());
  if (!match) {
    reader.error('not-a-rate', path, `"${text}" is not a rate`, 'write requests per second: 50/s');
    return undefined;
  }
  return reader.quantity(match[1]!, 'request', path);
}
