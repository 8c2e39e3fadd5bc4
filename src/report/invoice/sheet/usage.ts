/** Pictures of an invoice's usage: beside its limits, and by day. */
import { dateAt, daysLater } from '../../../core/calendar.ts';
import type { Meter } from '../../../core/catalog/meter.ts';
import { type Decimal, ZERO } from '../../../core/decimal.ts';
import { Fraction } from '../../../core/fraction.ts';
import type { Invoice } from '../../../core/invoice/invoice.ts';
import type { LimitUse } from '../../../core/invoice/limitUse.ts';
import { formatQuantity } from '../../../core/quantity.ts';
import type { Block, Chart } from '../../document.ts';
import { printable, shortened } from '../../safeText.ts';
import { bar, line, svg, text } from '../../svg.ts';
import type { InvoiceReport } from '../report.ts';
import type { DocumentTerms } from './sheet.ts';
import type { SheetTexts } from './texts.ts';

/** Meters that are shown by day, at most: those with a line or a limit, in the order of the tier file. */
const MOST_METERS = 6;

export function usageBlocks(invoice: Invoice, report: InvoiceReport, terms: DocumentTerms, texts: SheetTexts): Block[] {
  const uses = terms.limits(invoice);
  const { words } = texts;
  const blocks: Block[] = [];
  if (uses.length > 0) blocks.push({ kind: 'heading', level: 2, text: words.usage }, barChart(uses, report, texts));
  const limited = new Set(uses.map(({ meter }) => meter));
  const billed = new Set(invoice.lines.flatMap((one) => (one.kind === 'usage' ? [one.meter] : [])));
  const days = terms.usageByDay(invoice);
  const charts = [...report.meters.values()]
    .filter(({ name }) => (limited.has(name) || billed.has(name)) && invoice.usage.get(name)?.isZero() === false)
    .slice(0, MOST_METERS)
    .map((meter) =>
      dayChart(
        meter,
        days.map((usage) => usage.get(meter.name)!.quantity),
        invoice,
        report,
        texts,
      ),
    );
  if (charts.length > 0)
    blocks.push({ kind: 'heading', level: 2, text: words.byDay }, { kind: 'grid', charts, size: 'small' });
  return blocks;
}

const [WIDTH, ROW] = [480, 40];

/** A bar for each limit: what is included, how much of it is used, and what goes beyond. */
function barChart(uses: readonly LimitUse[], report: InvoiceReport, texts: SheetTexts): Chart {
  const { words } = texts;
  const severalTiers = new Set(uses.map(({ stretch }) => stretch.start)).size > 1;
  const said: string[] = [];
  const parts = uses.flatMap((use, i) => {
    const { used, included, beyond } = use;
    const { unit } = report.meters.get(use.meter)!;
    const quantity = (value: Fraction) => texts.digits(quantityText(value, unit));
    const over = used.minus(included);
    const rest = beyond === 'blocked' ? words.blocked(quantity(over)) : words.beyondIncluded(quantity(over));
    const amounts = `${words.ofIncluded(quantity(used), quantity(included))}${over.isPositive() ? `, ${rest}` : ''}`;
    const name = severalTiers ? `${use.meter}, ${use.tier}` : use.meter;
    said.push(`${name}: ${amounts}`);
    const scale = Fraction.max(used, included);
    const widthOf = (value: Fraction) => (scale.isZero() ? 0 : ratio(value, scale) * WIDTH);
    const y = i * ROW;
    const marks = [
      text(0, y + 13, shortened(printable(name), 34), { kind: 'value' }),
      text(WIDTH, y + 13, amounts, { anchor: 'end', kind: 'dim' }),
      bar(0, y + 19, WIDTH, 10, 'track', name),
    ];
    if (used.isPositive()) marks.push(bar(0, y + 19, widthOf(Fraction.min(used, included)), 10, 'f0', amounts));
    if (over.isPositive())
      marks.push(bar(widthOf(included), y + 19, widthOf(over), 10, beyond === 'blocked' ? 'neutral' : 'f1', rest));
    return marks;
  });
  const plot = { width: WIDTH, height: uses.length * ROW, title: texts.words.usage, description: said.join('; ') };
  return { kind: 'chart', title: '', picture: svg(plot, parts) };
}

/** Whole units of what does not end; exact otherwise. */
function quantityText(value: Fraction, unit: string): string {
  return formatQuantity(value.round(3), unit);
}

function ratio(value: Fraction, whole: Fraction): number {
  return Number(value.dividedBy(whole).round(6).toFixed());
}

const [DAYS_WIDTH, DAYS_HEIGHT, FLOOR] = [300, 96, 80];

function dayChart(
  meter: Meter,
  days: readonly Decimal[],
  { period }: Invoice,
  { timezone }: InvoiceReport,
  texts: SheetTexts,
): Chart {
  const first = dateAt(period.start, timezone);
  const most = days.reduce((high, day) => (day.gt(high) ? day : high), ZERO);
  const at = days.findIndex((day) => day.eq(most));
  const quantity = (value: Decimal) => texts.digits(formatQuantity(value, meter.unit));
  const width = DAYS_WIDTH / days.length;
  const parts = days.flatMap((day, i) => {
    if (!day.isPositive() || day.isZero()) return [];
    const height = (day.toNumber() / most.toNumber()) * (FLOOR - 8); // of a picture: no amount depends on it
    const tip = `${texts.date(daysLater(first, i))}: ${quantity(day)}`;
    return [bar(i * width + width * 0.1, FLOOR - height, width * 0.8, height, 'f0', tip)];
  });
  const last = daysLater(first, days.length - 1);
  parts.push(line(0, FLOOR, DAYS_WIDTH, FLOOR, 'axis'));
  parts.push(text(0, FLOOR + 14, texts.date(first), { kind: 'dim' }));
  parts.push(text(DAYS_WIDTH, FLOOR + 14, texts.date(last), { anchor: 'end', kind: 'dim' }));
  const description = texts.words.most(quantity(most), texts.date(daysLater(first, Math.max(at, 0))));
  const plot = { width: DAYS_WIDTH, height: DAYS_HEIGHT, title: meter.name, description };
  return { kind: 'chart', title: `${meter.name}: ${description}`, picture: svg(plot, parts) };
}
