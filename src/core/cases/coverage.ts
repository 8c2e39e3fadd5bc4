/** Coverage of a price list: its parts – tiers, prices and their steps, caps, bounds, packs – and those that invoices reach. */
import { groupOf } from '../catalog/grouping.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { limitOf, type Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import type { InvoiceInput } from '../invoice/input.ts';
import type { Invoice } from '../invoice/invoice.ts';
import type { Price } from '../pricing/index.ts';
import type { UsageLine } from '../rating/line.ts';

export type PriceListPart =
  | { readonly kind: 'tier' | 'discount' | 'minimum' | 'maximum'; readonly tier: string }
  /** Hard cap. */
  | { readonly kind: 'cap'; readonly tier: string; readonly meter: string }
  | {
      readonly kind: 'price';
      readonly tier: string;
      readonly meter: string;
      /** Number of the price's step, from 1; absent: the price has no steps. */
      readonly step?: number;
      /** Group of the dimension's values that the price is for; `other`: those without a price of their own. Absent: all. */
      readonly group?: string | { readonly other: true };
    }
  | { readonly kind: 'pack'; readonly pack: string };

/** A billed case. */
export type Billed = { readonly invoice: Invoice; readonly input: InvoiceInput };

export type Coverage = {
  readonly parts: number;
  readonly missing: readonly PriceListPart[];
};

export function coverageBy(billed: readonly Billed[], rateCard: RateCard): Coverage {
  const reached = new Set(billed.flatMap((one) => reachedBy(one, rateCard).map(keyOf)));
  const parts = partsOf(rateCard);
  return { parts: parts.length, missing: parts.filter((part) => !reached.has(keyOf(part))) };
}

/** Share of the parts that are reached: reached ÷ all. A price list has a tier, and so a part. */
export function shareOf(coverages: readonly Coverage[]): Fraction {
  const all = coverages.reduce((sum, { parts }) => sum + parts, 0);
  const missing = coverages.reduce((sum, one) => sum + one.missing.length, 0);
  return all === 0 ? Fraction.ONE : Fraction.of(all - missing, all);
}

/** In the order of the file: tier by tier, then packs. */
export function partsOf({ tiers, creditPacks }: RateCard): PriceListPart[] {
  return [
    ...[...tiers.values()].flatMap(partsOfTier),
    ...[...creditPacks.keys()].map((pack) => ({ kind: 'pack', pack }) as const),
  ];
}

function partsOfTier(tier: Tier): PriceListPart[] {
  const { name } = tier;
  const parts: PriceListPart[] = [{ kind: 'tier', tier: name }];
  for (const meter of new Set([...tier.limits.keys(), ...(tier.charges?.keys() ?? [])])) {
    if (limitOf(tier, meter)?.beyond === 'blocked') parts.push({ kind: 'cap', tier: name, meter });
    const charge = tier.charges?.get(meter);
    if (!charge) continue;
    const about = { kind: 'price', tier: name, meter } as const;
    if (charge.kind === 'single') parts.push(...stepsOf(charge.price).map((step) => ({ ...about, ...step })));
    else {
      for (const [group, price] of charge.prices)
        parts.push(...stepsOf(price).map((step) => ({ ...about, ...step, group })));
      if (charge.otherwise)
        parts.push(
          ...stepsOf(charge.otherwise).map((step) => ({ ...about, ...step, group: { other: true } as const })),
        );
    }
  }
  for (const kind of BOUNDS) if (tier[kind]) parts.push({ kind, tier: name });
  return parts;
}

const BOUNDS = ['discount', 'minimum', 'maximum'] as const;

function stepsOf(price: Price): { readonly step?: number }[] {
  return 'steps' in price ? price.steps.map((_, i) => ({ step: i + 1 })) : [{}];
}

/** Parts that a contract has changed are its own, and not the price list's. */
function reachedBy(billed: Billed, { tiers }: RateCard): PriceListPart[] {
  const { invoice, input } = billed;
  return [
    ...input.stretches.flatMap(({ tier, period, parts = [{ tier, period }] }, position) => [
      ...parts.map((part) => ({ kind: 'tier', tier: part.tier.name }) as const),
      ...reachedIn(position, billed, { own: tier, listed: tiers.get(tier.name) }),
    ]),
    ...packsOf(invoice).map((pack) => ({ kind: 'pack', pack }) as const),
  ];
}

type Tiers = {
  /** The tier as the customer has it. */
  readonly own: Tier;
  readonly listed: Tier | undefined;
};

/** Caps, prices and bounds that a stretch of the invoice reaches. */
function reachedIn(position: number, { invoice }: Billed, { own, listed }: Tiers): PriceListPart[] {
  if (!listed) return [];
  const caps = invoice.blockedUsage.flatMap(({ stretch, meter }): PriceListPart[] => {
    const isListed = listed.limits.get(meter) === own.limits.get(meter);
    return stretch === position && isListed ? [{ kind: 'cap', tier: own.name, meter }] : [];
  });
  const charged = invoice.lines.flatMap((line): PriceListPart[] => {
    if (line.stretch !== position || line.kind === 'fee') return [];
    if (line.kind === 'usage') return priceOf(line, { own, listed });
    return listed[line.kind] === own[line.kind] ? [{ kind: line.kind, tier: own.name }] : [];
  });
  return [...caps, ...charged];
}

/** Names of the packs that are bought or drawn. */
function packsOf({ lines, credits }: Invoice): string[] {
  const bought = lines.flatMap((line) => (line.kind === 'pack' ? [line.pack] : []));
  const drawn = credits.filter((use) => !use.drawn.isZero()).map(({ grant }) => grant.pack);
  return [...bought, ...drawn.filter((pack) => pack !== undefined)];
}

/** The price of a line of which something is charged, be it for nothing. */
function priceOf(line: UsageLine, { own, listed }: Tiers): PriceListPart[] {
  const { meter, step, quantity, exact } = line;
  const charge = own.charges?.get(meter);
  if (!charge || charge !== listed?.charges?.get(meter) || (quantity.isZero() && exact.isZero())) return [];
  const about = { kind: 'price', tier: own.name, meter, ...(step !== undefined && { step }) } as const;
  if (charge.kind === 'single') return [about];
  const group = groupOf((line.dimensions ?? []).map(({ value }) => value));
  return [{ ...about, group: charge.prices.has(group) ? group : { other: true } }];
}

/** Text that is the same for the same part alone. */
function keyOf(part: PriceListPart): string {
  if (part.kind === 'pack') return JSON.stringify([part.kind, part.pack]);
  if (part.kind === 'cap') return JSON.stringify([part.kind, part.tier, part.meter]);
  if (part.kind !== 'price') return JSON.stringify([part.kind, part.tier]);
  return JSON.stringify([part.kind, part.tier, part.meter, part.step ?? null, part.group ?? null]);
}
