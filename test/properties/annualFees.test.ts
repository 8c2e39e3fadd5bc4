/** Annual fees over random histories, against a calendar that is walked day by day with a pencil. */
import { expect, test } from 'vitest';
import { invoicesOf } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { compare, ofFraction, plus, type Rational, rational, shown, times, total, ZERO } from '../support/rationals.ts';

/** Annual fees by tier; `monthly` has none, `again` the same as `small`. */
const FEES: Readonly<Record<string, number>> = { small: 190, again: 190, large: 490.99, huge: 1000 };
const TIERS = Object.entries(FEES).map(([name, fee]) => `  ${name}: { cost: ${fee}/yr }`);
const NAMES = [...Object.keys(FEES), 'monthly'];

const FIRST = Date.UTC(2023, 10, 1);
const DAY = 86_400_000;
/** Days from 1 November 2023; half of them at the end of February or of another month. */
const anyDay = fc.oneof(
  fc.integer({ min: 0, max: 500 }),
  fc.constantFrom('2024-02-28', '2024-02-29', '2024-03-01', '2024-05-31', '2024-12-31').map(dayNumber),
);
/** Days on the first tier and on each one after it: many last whole months, because what is owed turns on those. */
const anyDays = fc
  .tuple(
    anyDay,
    fc.array(
      fc.oneof(
        fc.record({ months: fc.integer({ min: 1, max: 26 }), days: fc.constant(0) }),
        fc.record({ months: fc.integer({ min: 0, max: 13 }), days: fc.integer({ min: 1, max: 30 }) }),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([first, steps]) => {
    const days = [first];
    for (const { months, days: more } of steps) days.push(monthsAfter(days.at(-1)!, months) + more);
    return days;
  });

const order = fc.record({
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles'),
  anchor: fc.constantFrom(1, 15, 28, 29, 30, 31),
  days: anyDays,
  tiers: fc.oneof(
    fc.array(fc.constantFrom(...NAMES), { minLength: 5, maxLength: 5 }),
    fc.constant(['small', 'again', 'large', 'huge', 'small']),
    fc.constant(['monthly', 'small', 'huge', 'large', 'huge']),
  ),
  isOpen: fc.boolean(),
  /** The period that is billed: that of which of the changes, or so many months after it. */
  change: fc.nat(),
  after: fc.constantFrom(-1, 0, 0, 0, 0, 1, 12, 24),
});
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

function dayNumber(text: string): number {
  return (Date.parse(text) - FIRST) / DAY;
}

function dateOf(day: number) {
  const at = new Date(FIRST + day * DAY);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

/** The same day of a month, or its last one, counted off day by day. */
function monthsAfter(begin: number, months: number): number {
  let day = begin;
  for (let left = months; left > 0; left--)
    do day++;
    while (!comesBack(begin, day));
  return day;
}

function textOf(day: number): string {
  return new Date(FIRST + day * DAY).toISOString().slice(0, 10);
}

/** True if nothing but a new month stands between a day and the one after. */
function isLastOfMonth(day: number): boolean {
  return dateOf(day + 1).day === 1;
}

/** The day of a month, or its last, on which a begin comes back. */
function comesBack(begin: number, day: number): boolean {
  const [wanted, { day: now }] = [dateOf(begin).day, dateOf(day)];
  return now === wanted || (now < wanted && isLastOfMonth(day));
}

function isAnniversary(begin: number, day: number): boolean {
  return comesBack(begin, day) && dateOf(begin).month === dateOf(day).month;
}

/** The tier of each day from the first to the last that are billed; '' where there is none. */
function tierOn({ days, tiers, isOpen }: Order, day: number): string {
  const place = days.findLastIndex((begin) => begin <= day);
  const hasEnded = !isOpen && place === days.length - 1 && days.length > 1;
  return place < 0 || hasEnded ? '' : tiers[place]!;
}

/** What falls due on each day, walked from the first on. */
function dueBetween(one: Order, from: number, to: number): Rational {
  let due = ZERO;
  /** The year that runs, and the fee that it was paid for. */
  let [begin, fee] = [0, 0];
  for (let day = 0; day < to; day++) {
    const now = FEES[tierOn(one, day)] ?? 0;
    const amounts: Rational[] = [];
    if (now !== fee) {
      if (fee > 0 && now > fee) {
        let unused = 0;
        // The year that ends today has no month left.
        for (let next = day; !isAnniversary(begin, next); next++) if (comesBack(begin, next)) unused++;
        amounts.push(times(rational(fee), rational(`${-unused}/12`)));
      }
      if (now > 0) amounts.push(rational(now));
      [begin, fee] = [day, now];
    } else if (fee > 0 && isAnniversary(begin, day)) amounts.push(rational(fee));
    if (day >= from) due = plus(due, total(amounts));
  }
  return due;
}

/** The period that is billed, as days, and the month in which it begins: `2026-10`. */
function periodOf({ anchor, days, change, after }: Order): { text: string; from: number; to: number } {
  const day = days[change % days.length]!;
  const changed = dateOf(day);
  const first = (months: number) => (Date.UTC(changed.year, changed.month - 1 + months, 1) - FIRST) / DAY;
  const anchored = (months: number) => {
    let begin = first(months);
    while (dateOf(begin).day < anchor && !isLastOfMonth(begin)) begin++;
    return begin;
  };
  const month = after + (anchored(0) <= day ? 0 : -1);
  return { text: textOf(first(month)).slice(0, 7), from: anchored(month), to: anchored(month + 1) };
}

function customersOf({ anchor, days, tiers, isOpen }: Order): string {
  const stays = days.flatMap((day, i) => {
    const next = days[i + 1];
    if (!isOpen && next === undefined && i > 0) return [];
    return [`{ tier: ${tiers[i]}, from: ${textOf(day)}${next === undefined ? '' : `, to: ${textOf(next)}`} }`];
  });
  return `customers:\n  acme: { anchor: ${anchor}, history: [${stays.join(', ')}] }\n`;
}

test('annual fees are due on the days on which a calendar on the wall says so, less the months not begun', async () => {
  await checkAsync(
    fc.asyncProperty(order, async (one) => {
      const { text, from, to } = periodOf(one);
      const invoices = await invoicesOf({
        tiers: `timezone: ${one.zone}\npricing_tiers:\n  monthly: { cost: 31 }\n${TIERS.join('\n')}\n`,
        customers: customersOf(one),
        period: text,
      });
      const lines = invoices.flatMap((invoice) => invoice.lines);
      const yearly = lines.flatMap((line) => (line.kind === 'fee' && line.per === 'year' ? [line] : []));
      const found = total(yearly.map(({ exact }) => ofFraction(exact)));
      const expected = dueBetween(one, from, to);
      expect(compare(found, expected), `${shown(found, 6)} for ${shown(expected, 6)}`).toBe(0);
    }),
    { runs: 120 },
  );
});
