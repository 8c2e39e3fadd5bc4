/**
 * A timeline as people read it, on a terminal: for each customer and period the month as a row of bars, with a letter below it where
 * something happened, and what that was. Where there are many customers, a line for each limit. In
 * Markdown a line for each entry.
 */
import { type CalendarDate, dateAt, daysBetween } from '../../core/calendar.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import { type Period, periodLabel } from '../../core/period.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { instantOf } from '../../core/timestamp.ts';
import { type Block, type Cell, type Medium, none, quantity, type Table, type Text, text } from '../document.ts';
import { preciseInstant } from '../machine.ts';
import { printable } from '../safeText.ts';
import { sampleText } from '../sampleText.ts';
import { displayWidth, padEnd, wrapped } from '../width.ts';
import { exactPercentText } from '../words.ts';
import type { TimelineReport } from './report.ts';
import { inCells, labelRows, sparkline } from './sparkline.ts';
import { forecastTexts, rateTexts, whatTexts, whenText } from './words.ts';

/** Up to so many customers and periods have their story told. */
export const MOST_STORIES = 12;

type Story = { readonly customer: string; readonly period: Period; readonly entries: TimelineEntry[] };

export function* timelineDocument(report: TimelineReport, medium: Medium): Generator<Block> {
  const { sample } = report.notes;
  if (sample) yield { kind: 'paragraph', text: sampleText(sample), isSentence: true };
  const stories = storiesOf(report.entries);
  if (stories.length === 0) yield { kind: 'paragraph', text: 'nobody reached a limit', isSentence: true };
  else if (medium !== 'terminal') yield entryTable(report);
  else if (stories.length > MOST_STORIES) yield* overview(stories, report);
  else {
    for (const story of stories) {
      yield { kind: 'sketch', lines: (columns) => storyLines(story, report, Number.isFinite(columns) ? columns : 80) };
    }
  }
}

function entryTable(report: TimelineReport): Table {
  const heads = [`when, ${report.timezone}`, 'customer', 'tier', 'what', 'outlook'];
  return {
    kind: 'table',
    title: '',
    columns: heads.map((head) => ({ head, align: 'left' })),
    rows: report.entries.map((entry) => ({
      cells: [
        whenCell(entry, report),
        text(entry.customer),
        text(entry.tier),
        text(whatTexts(entry, report).join(', ')),
      ],
      below: forecastTexts(entry, report),
      belowIn: 4,
    })),
  };
}

function whenCell(entry: TimelineEntry, report: TimelineReport, shown = whenText(entry, report)): Cell {
  return { kind: 'instant', text: shown, value: preciseInstant(entry.at) };
}

/** By customer, then period. */
function storiesOf(entries: readonly TimelineEntry[]): Story[] {
  const stories = new Map<string, Story>();
  for (const entry of entries) {
    const { customer, period } = entry;
    const key = JSON.stringify([customer, period.start]);
    const story = stories.get(key) ?? { customer, period, entries: [] };
    stories.set(key, story);
    story.entries.push(entry);
  }
  return [...stories.values()].sort(
    (a, b) => (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : 0) || a.period.start - b.period.start,
  );
}

function storyLines(story: Story, report: TimelineReport, columns: number): Text[] {
  const { customer, entries } = story;
  // Days above a rate limit may be many: they are marked in the month, and told together.
  const single = entries.filter(({ day }) => day === undefined);
  const rates = entries.filter(({ kind }) => kind === 'rate_limit');
  const rateDays = entries.filter(({ kind }) => kind === 'rate_limit_day');
  const labels = new Map(single.map((entry, i) => [entry, labelOf(i)]));
  for (const entry of rates) labels.set(entry, '!');
  const zone = report.timezone === 'UTC' ? '' : `, ${report.timezone}`;
  const lines: Text[] = [
    [strong(customer), '  ', dim(`${tiersOf(entries)}, ${label(story, report)}${zone}`)],
    ...chartLines(story, labels, report, columns).map((line) => [dim(line)]),
  ];
  const width = Math.max(...[...labels.values()].map((text) => text.length));
  const whenWidth = Math.max(...entries.map((entry) => whenText(entry, report).length));
  const tell = (entry: TimelineEntry, what: readonly string[], forecast: readonly string[]) => {
    const head = `  ${labels.get(entry)!.padEnd(width)}  ${whenText(entry, report).padEnd(whenWidth)}  `;
    const isUrgent = entry.kind === 'limit' || entry.day !== undefined;
    lines.push(...wrapped(head, what.map(printable), ', ', columns).map((line) => (isUrgent ? [warning(line)] : line)));
    const under = ' '.repeat(width + 4);
    lines.push(...wrapped(under, forecast.map(printable), '; ', columns).map((line) => [dim(line)]));
  };
  for (const entry of single) tell(entry, whatTexts(entry, report), forecastTexts(entry, report));
  if (rates[0]) tell(rates[0], rateDays.length > 0 ? rateTexts(rateDays) : whatTexts(rates[0], report), []);
  return lines;
}

const strong = (shown: string) => ({ text: shown, tone: 'strong' as const });
const dim = (shown: string) => ({ text: shown, tone: 'dim' as const });
const warning = (shown: string) => ({ text: shown, tone: 'warning' as const });

/** The bars of each meter that the story is about, with the letters below; credits have letters only. */
function chartLines(
  { customer, period, entries }: Story,
  labels: ReadonlyMap<TimelineEntry, string>,
  report: TimelineReport,
  columns: number,
): string[] {
  const meters = [...report.meters.values()].filter(({ name }) => entries.some(({ meter }) => meter === name));
  const hasCredits = entries.some(({ credit }) => credit !== undefined);
  const names = [...meters.map(({ name }) => printable(name)), ...(hasCredits ? ['credit'] : [])];
  const margin = Math.max(...names.map(displayWidth)) + 4;
  const room = Math.max(7, columns - margin - 1);
  const first = dateAt(period.start, report.timezone);
  const marks = (about: readonly TimelineEntry[], cellOf: (day: number) => number) =>
    labelRows(about.map((entry) => ({ column: cellOf(dayOf(entry, first, report)), label: labels.get(entry)! }))).map(
      (row) => ' '.repeat(margin) + row,
    );
  const lines = meters.flatMap((meter, i) => {
    const { cells, cellOf } = inCells(report.dailyUsage(customer, period, meter.name), room);
    const about = entries.filter((entry) => entry.meter === meter.name && labels.has(entry));
    return [`  ${padEnd(names[i]!, margin - 2)}${sparkline(cells)}`.trimEnd(), ...marks(about, cellOf)];
  });
  if (!hasCredits) return lines;
  const days = daysBetween(first, dateAt(period.end, report.timezone));
  const perCell = Math.ceil(days / room);
  const [row = '', ...more] = marks(
    entries.filter(({ credit }) => credit !== undefined),
    (day) => Math.floor(day / perCell),
  );
  return [...lines, `  credit${row.slice('  credit'.length)}`, ...more];
}

/** From 0. The period's end, at which a minimum is charged, is in the last of its days. */
function dayOf({ at, period }: TimelineEntry, first: CalendarDate, { timezone }: TimelineReport): number {
  return daysBetween(first, dateAt(Math.min(instantOf(at), period.end - 1), timezone));
}

/** `a` to `z`, then `aa`, `ab`, … */
function labelOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : labelOf(Math.floor(index / 26) - 1) + letter;
}

/** `sandbox → production`, in the order in which they come up. */
function tiersOf(entries: readonly TimelineEntry[]): string {
  return [...new Set(entries.map(({ tier }) => tier))].join(' → ');
}

function label({ period }: Story, { timezone }: TimelineReport): string {
  return periodLabel(period, timezone);
}

/** A line for each customer, period and meter: when each threshold was reached. */
function* overview(stories: readonly Story[], report: TimelineReport): Generator<Block> {
  const severalPeriods = new Set(stories.map(({ period }) => period.start)).size > 1;
  const shares = [...new Set(report.entries.flatMap(({ threshold }) => threshold?.toFixed() ?? []))].sort(
    (a, b) => Number(a) - Number(b),
  );
  const titles = new Map(
    report.entries.flatMap(({ threshold }) =>
      threshold ? [[threshold.toFixed(), exactPercentText(threshold)] as const] : [],
    ),
  );
  const head = [
    'customer',
    ...(severalPeriods ? ['period'] : []),
    ...['tier', 'meter', 'limit'],
    ...shares.map((share) => titles.get(share)!),
  ];
  yield {
    kind: 'table',
    title: '',
    columns: head.map((one) => ({ head: one, align: 'left' })),
    rows: stories.flatMap((story) =>
      limitsOf(story.entries).map(({ tier, meter, limit, byShare }) => ({
        cells: [
          text(story.customer),
          ...(severalPeriods ? [text(label(story, report))] : []),
          text(tier),
          text(meter.name),
          quantity(limit.round(3), meter.unit),
          ...shares.map((share) => {
            const entry = byShare.get(share);
            return entry ? whenCell(entry, report, whenText(entry, report).slice(5, 16)) : none();
          }),
        ],
      })),
    ),
  };
  const others = report.entries.filter(({ threshold }) => threshold === undefined).length;
  const more = `and ${others} about credits and rate limits, which --format ndjson tells`;
  if (others > 0) yield { kind: 'paragraph', text: [dim(more)] };

  function limitsOf(entries: readonly TimelineEntry[]) {
    const limits = new Map<
      string,
      { tier: string; meter: Meter; limit: TimelineEntry['limit']; byShare: Map<string, TimelineEntry> }
    >();
    for (const entry of entries) {
      const { tier, meter, limit, threshold, stretch } = entry;
      if (!threshold) continue;
      const key = JSON.stringify([stretch.start, meter]);
      const found = limits.get(key) ?? { tier, meter: report.meters.get(meter!)!, limit, byShare: new Map() };
      limits.set(key, found);
      // Of limits for a day or a week the first one that was reached.
      if (!found.byShare.has(threshold.toFixed())) found.byShare.set(threshold.toFixed(), entry);
    }
    return [...limits.values()];
  }
}
