/** The parts of the page that change with its sliders, as HTML: the command writes them once, the page's program again and again. */
import type { Decimal } from '../../core/decimal.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { blockedBy } from '../../core/estimate/quotes.ts';
import type { Block } from '../document.ts';
import { html } from '../render/html.ts';
import { htmlText } from '../safeText.ts';
import { moneyText } from '../words.ts';
import { costChart } from './chart.ts';
import { billTable, factTexts, middlewareTables, routeTable, tierTable } from './tables.ts';
import { blockedText, signedMoney } from './words.ts';

/**
 * HTML by the id of the element that holds it. `configured` is the total without any slider moved. `isLive`: other tiers
 * can be chosen.
 */
export function pageParts(
  estimate: Estimate,
  configured: { readonly tier: string; readonly total: Decimal },
  isLive = true,
): Record<string, string> {
  return {
    total: total(estimate, configured, isLive),
    tiers: drawn([tierTable(estimate, isLive)]),
    chart: drawn(costChart(estimate)),
    bill: drawn([billTable(estimate, 'html')]),
    routes: drawn([routeTable({ estimate }, 'html')]),
    middleware: drawn(middlewareTables(estimate, 'html')),
    facts: drawn(facts(estimate)),
  };
}

function drawn(blocks: readonly Block[]): string {
  return [...html(blocks)].join('').trimEnd();
}

function facts(estimate: Estimate): Block[] {
  const { breakEvens, limits } = factTexts(estimate);
  const items = [...breakEvens, ...limits];
  return items.length === 0 ? [] : [{ kind: 'list', title: 'Break-even and limits', items }];
}

function total(
  estimate: Estimate,
  configured: { readonly tier: string; readonly total: Decimal },
  isLive: boolean,
): string {
  const { currency } = estimate.rateCard;
  const { total: now } = estimate.invoice;
  const by = now.minus(configured.total);
  const change = by.isZero()
    ? 'as configured'
    : `${signedMoney(by, currency)} against ${moneyText(configured.total, currency)} on ${configured.tier} as configured`;
  const { range } = estimate;
  const between = range
    ? `, ${moneyText(range.low, currency)} to ${moneyText(range.high, currency)} with low and high traffic`
    : '';
  const blocked = blockedBy(estimate.invoice);
  return `<strong${isLive ? ' id="amount"' : ''}>${moneyText(now, currency)}</strong> <span>${currency.code} a month on ${htmlText(estimate.tier)}</span>
<p>${htmlText(change + between)}</p>${blocked.length === 0 ? '' : `\n<p class="blocked">${htmlText(`blocks ${blockedText(blocked, estimate.rateCard)}: not billed, and not served`)}</p>`}`;
}
