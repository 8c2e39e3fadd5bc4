/** The parts of the page that change with its sliders, as HTML: the command writes them once, the page's program again and again. */
import type { Decimal } from '../../core/decimal.ts';
import { hasRange } from '../../core/estimate/edge.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { blockedBy } from '../../core/estimate/offers.ts';
import type { Amounts } from '../../core/estimate/project.ts';
import { htmlText } from '../safeText.ts';
import { billLines, limitQuantity } from './billLines.ts';
import { chart } from './chart.ts';
import { blockedText, breakEvenTexts, limitText, money, offerNote, partLabel, SHORT, signedMoney } from './words.ts';

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
    tiers: tiers(estimate, isLive),
    chart: chart(estimate),
    bill: bill(estimate),
    routes: routes(estimate),
    middleware: middleware(estimate),
    facts: facts(estimate),
  };
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
    : `${signedMoney(by, currency)} against ${money(configured.total, currency)} on ${configured.tier} as configured`;
  const { range } = estimate;
  const between = range
    ? `, ${money(range.low, currency)} to ${money(range.high, currency)} with low and high traffic`
    : '';
  const blocked = blockedBy(estimate.invoice);
  return `<strong${isLive ? ' id="amount"' : ''}>${money(now, currency)}</strong> <span>${currency.code} a month on ${htmlText(estimate.tier)}</span>
<p>${htmlText(change + between)}</p>${blocked.length === 0 ? '' : `\n<p class="blocked">${htmlText(`blocks ${blockedText(blocked, estimate.rateCard)}: not billed, and not served`)}</p>`}`;
}

function tiers(estimate: Estimate, isLive: boolean): string {
  const { currency } = estimate.rateCard;
  const isRanged = hasRange(estimate.config);
  const amount = (value: Decimal | undefined) => `<td class="number">${value ? money(value, currency) : '–'}</td>`;
  const rows = estimate.offers.map((offer, i) => {
    const { name } = offer.tier;
    const totals = isRanged ? [offer.range?.low, offer.invoice?.total, offer.range?.high] : [offer.invoice?.total];
    const note = [
      name === estimate.cheapest ? '<b class="good">cheapest</b>' : '',
      htmlText(offerNote(offer, estimate)),
    ];
    const checked = name === estimate.tier ? ' checked' : '';
    const disabled = offer.invoice ? '' : ' disabled';
    const label = `<i class="key key${i % 6}"></i>${htmlText(name)}`;
    const choice = `<label><input type="radio" name="tier" value="${htmlText(name)}"${checked}${disabled}>\n${label}</label>`;
    return `<tr${checked ? ' class="chosen"' : ''}><th scope="row">${isLive ? choice : label}</th>${totals.map(amount).join('')}<td>${note.filter(Boolean).join(', ')}</td></tr>`;
  });
  const heads = isRanged ? ['low', 'expected', 'high'] : [currency.code];
  return table('On every tier', ['tier', ...heads, ''], rows);
}

function bill(estimate: Estimate): string {
  const { currency } = estimate.rateCard;
  const rows = billLines(estimate).map(
    ({ label, calculation, amount }) =>
      `<tr><th scope="row">${htmlText(label)}</th><td class="number">${htmlText(calculation)}</td><td class="number">${money(amount, currency)}</td></tr>`,
  );
  const sum = `<tr class="sum"><th scope="row">total</th><td></td><td class="number">${money(estimate.invoice.total, currency)}</td></tr>`;
  return table('The bill', ['line', '', currency.code], [...rows, sum]);
}

function routes(estimate: Estimate): string {
  const { currency } = estimate.rateCard;
  const rows = estimate.routes.flatMap(({ route, usage, amount, parts }) => [
    quantityRow(`<code>${htmlText(route.match)}</code>`, usage, money(amount, currency)),
    ...(parts.length < 2
      ? []
      : parts.map(({ part, amount: own }) =>
          quantityRow(htmlText(partLabel(part)), part.total, money(own, currency), 'part'),
        )),
  ]);
  if (!estimate.unassigned.isZero()) {
    rows.push(
      `<tr><th scope="row">no route</th><td></td><td></td><td></td><td class="number">${money(estimate.unassigned, currency)}</td></tr>`,
    );
  }
  return table('By route', ['route', 'requests', 'compute', 'egress', currency.code], rows);
}

function middleware(estimate: Estimate): string {
  if (estimate.middleware.length === 0) return '';
  const { currency } = estimate.rateCard;
  const rows = estimate.middleware.map(({ name, usage, amount }) =>
    quantityRow(htmlText(name), usage, money(amount, currency)),
  );
  return table('By middleware', ['middleware', 'requests', 'compute', 'egress', currency.code], rows);
}

function facts(estimate: Estimate): string {
  const items = [
    ...breakEvenTexts(estimate),
    ...estimate.limits.map((limit) => `${limit.meter} ${limitQuantity(limit, estimate)}: ${limitText(limit)}`),
  ];
  const list = items.map((item) => `<li>${htmlText(item)}</li>`).join('\n');
  return items.length === 0 ? '' : `<h2>Break-even and limits</h2>\n<ul>${list}</ul>`;
}

function quantityRow(label: string, usage: Amounts, amount: string, kind = ''): string {
  const cells = (['requests', 'compute', 'egress'] as const).map(
    (meter) => `<td class="number">${usage[meter].isZero() ? '' : SHORT[meter](usage[meter])}</td>`,
  );
  const tag = kind === '' ? '<tr>' : `<tr class="${kind}">`;
  return `${tag}<th scope="row">${label}</th>${cells.join('')}<td class="number">${amount}</td></tr>`;
}

export function table(title: string, heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head, i) => `<th scope="col"${i === 0 ? '' : ' class="number"'}>${head}</th>`).join('');
  return `<h2>${title}</h2>\n<table><thead><tr>${cells}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`;
}
