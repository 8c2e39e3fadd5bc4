/** Proposed cases as a test file in YAML, with the amounts of today. */

import { linesCalled } from '../../core/cases/compare.ts';
import { type Billed, coverageBy } from '../../core/cases/coverage.ts';
import type { Proposal } from '../../core/cases/edges.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { Decimal } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import { formatMoney } from '../../core/money.ts';
import { groupDigits } from '../../core/quantity.ts';
import { safeJson } from '../safeText.ts';
import { partText } from './words.ts';

/** `tiers`: name of the price list as the test file gives it. */
export function* proposalYaml(proposed: readonly Proposal[], rateCard: RateCard, tiers: string): Generator<string> {
  yield `# Cases at the edges of ${tiers}, with the amounts that it gives today. Confirm each by hand, and take the mark off.\n`;
  yield `tiers: ${name(tiers)}\ncases:\n`;
  let tier: string | undefined;
  for (const one of proposed) {
    if (tier !== undefined && tier !== one.tier) yield '\n';
    tier = one.tier;
    yield caseYaml(one, rateCard);
  }
  const { missing } = coverageBy(
    proposed.map(({ billed }): Billed => billed),
    rateCard,
  );
  if (missing.length === 0) return;
  yield '\n# No proposal reaches:\n';
  for (const part of missing) yield `# - ${partText(part, rateCard)}${hintFor(part, rateCard)}\n`;
}

function hintFor(part: Parameters<typeof partText>[0], { tiers }: RateCard): string {
  if (part.kind !== 'tier' || tiers.get(part.tier)?.kind === 'listed') return '';
  return `, which needs a contract: customer: { tier: ${name(part.tier)}, cost: …, overage: { … } }`;
}

function caseYaml(one: Proposal, { meters, tiers }: RateCard): string {
  const { tier, meter, quantity, dimensions, billed } = one;
  const where = [...dimensions.values()].map((value) => `, ${value}`).join('');
  const what = meter === undefined ? one.edge : `${meter}${where}, ${placeText(one, meters.get(meter)!.unit)}`;
  const lines = [`  - it: ${safeJson(`${tier}: ${what}`)}`, `    ${customerYaml(one, tiers)}`];
  if (meter !== undefined) {
    const rows = [...dimensions].map(([key, value]) => `, ${name(key)}: ${name(value)}`).join('');
    lines.push(`    usage: { ${name(meter)}: ${digits(quantity)}${rows} }`);
  }
  lines.push(`    expect: { ${expectation(billed, meter)} } # to be confirmed`);
  return `${lines.join('\n')}\n`;
}

/** The tier alone, where no more is to be said of the customer. */
function customerYaml({ tier, pack }: Proposal, tiers: RateCard['tiers']): string {
  const isAnnual = tiers.get(tier)?.fee?.kind === 'annual';
  if (!pack && !isAnnual) return `tier: ${name(tier)}`;
  const facts = [
    isAnnual ? `history: [{ tier: ${name(tier)}, from: 2026-06-01 }]` : `tier: ${name(tier)}`,
    ...(pack ? [`credits: [{ pack: ${name(pack.name)}, purchased: 2026-06-01 }]`] : []),
  ];
  return `customer: { ${facts.join(', ')} }`;
}

/** `one B above the limit of 50GB`. */
function placeText({ edge, offset }: Proposal, unit: string): string {
  if (offset === undefined) return edge;
  if (offset === 0) return `at ${edge}`;
  return `one ${unit} ${offset < 0 ? 'below' : 'above'} ${edge}`;
}

function expectation({ invoice }: Billed, meter: string | undefined): string {
  const money = (amount: Decimal) => formatMoney(amount, invoice.currency);
  const facts = [`total: ${money(invoice.total)}`];
  if (!invoice.creditsApplied.isZero()) facts.push(`credits_applied: ${money(invoice.creditsApplied)}`);
  const lines: string[] = [];
  if (meter !== undefined) {
    const own = linesCalled(meter, invoice);
    const sum = (value: (line: (typeof own)[number]) => Fraction) => Fraction.sum(own.map(value));
    if (own.length > 0) {
      const quantity = sum((line) => ('quantity' in line ? line.quantity : Fraction.ZERO));
      const amount = own.reduce((total, line) => total.plus(Fraction.of(line.amount)), Fraction.ZERO).numerator;
      const exact = sum((line) => line.exact);
      lines.push(`${name(meter)}: { quantity: ${ratio(quantity)}, exact: ${ratio(exact)}, amount: ${money(amount)} }`);
    }
    const blocked = invoice.blocked.get(meter);
    if (blocked) facts.push(`blocked: { ${name(meter)}: ${ratio(blocked)} }`);
  }
  for (const line of invoice.lines)
    if (line.kind !== 'fee' && line.kind !== 'usage' && line.stretch === 0)
      lines.push(`${line.kind}: ${money(line.amount)}`);
  if (lines.length > 0) facts.push(`lines: { ${lines.join(', ')} }`);
  return facts.join(', ');
}

/** `200_001`. */
function digits(number: Decimal): string {
  return groupDigits(number.toFixed()).replaceAll(' ', '_');
}

function ratio(value: Fraction): string {
  return value.terminates ? digits(value.numerator) : value.toRatio();
}

/** A name as a YAML scalar: in quotes where it could be taken for something else. */
function name(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : safeJson(text);
}
