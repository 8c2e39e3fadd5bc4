/**
 * An invoice worked out from docs/how-an-amount-is-computed.md alone: slow, exact, and without a line of the product. Days
 * are numbers: 0 is 1 October 2026 in the zone of the case.
 */
import {
  ceiling,
  compare,
  divide,
  least,
  minus,
  most,
  plus,
  type Rational,
  rational,
  rounded,
  times,
  total,
  ZERO,
} from './rationals.ts';

export type Zone = 'UTC' | 'Europe/Berlin' | 'Asia/Kolkata';
export type MeterData = {
  readonly name: string;
  readonly field: 'f0' | 'f1';
  readonly aggregate: 'sum' | 'count' | 'max' | 'unique' | 'last' | 'time_weighted' | 'percentile';
  /** Of `time_weighted`. */
  readonly per: 'hour' | 'day' | 'month';
  /** Of `percentile`. */
  readonly percent: string;
  readonly minutes: number;
  readonly where: readonly {
    readonly dimension: Dimension;
    readonly values: readonly string[];
    readonly not: boolean;
  }[];
};
export type Dimension = 'region' | 'cache' | 'status';
export type StepData = {
  readonly upTo?: string;
  readonly amount?: string;
  readonly per?: string;
  readonly flat?: string;
};
export type PriceData =
  | { readonly model: 'unit' | 'package'; readonly amount: string; readonly per: string }
  | { readonly model: 'graduated' | 'volume' | 'stairstep'; readonly steps: readonly StepData[] }
  | { readonly model: 'percentage'; readonly rate: string; readonly fixed: string };
export type ChargeData =
  | { readonly by: readonly []; readonly price: PriceData }
  | {
      readonly by: readonly Dimension[];
      readonly prices: readonly { readonly values: readonly string[]; readonly price: PriceData }[];
      readonly price: PriceData;
    };
export type TierData = {
  readonly fee: string | undefined;
  readonly limits: Readonly<
    Record<string, { readonly quantity: string; readonly per: '' | 'day' | 'week' | 'mo' | 'year' }>
  >;
  readonly overage: Readonly<Record<string, ChargeData>>;
  readonly discount: string | undefined;
  readonly minimum: string | undefined;
  readonly maximum: string | undefined;
};
export type RowData = Readonly<Record<'f0' | 'f1' | Dimension, string>> & { readonly at: number };
export type GrantData = {
  readonly amount: string;
  readonly priority: number;
  readonly from: number | undefined;
  readonly expires: number | undefined;
};
export type PageCase = {
  readonly zone: Zone;
  /** Days, the end excluded, and the billing months that they are. */
  readonly period: { readonly from: number; readonly to: number; readonly months: string };
  readonly digits: number;
  readonly meters: readonly MeterData[];
  readonly tiers: Readonly<Record<string, TierData>>;
  readonly stays: readonly { readonly tier: string; readonly from: number; readonly to: number }[];
  readonly rows: readonly RowData[];
  readonly grants: readonly GrantData[];
  readonly pack:
    | {
        readonly price: string;
        readonly credit: string;
        readonly days: number;
        readonly most: number;
        readonly tiers: readonly string[];
      }
    | undefined;
  readonly tax: { readonly rate: string; readonly included: boolean } | undefined;
};
export type Line = { readonly about: string; readonly exact: Rational; readonly amount: Rational };
export type Use = {
  readonly id: string;
  readonly drawn: Rational;
  readonly expired: Rational;
  readonly left: Rational;
};
export type Bill = {
  readonly stretches: readonly string[];
  readonly lines: readonly Line[];
  readonly blocked: Readonly<Record<string, Rational>>;
  readonly uses: readonly Use[];
  readonly tax: Rational;
  readonly total: Rational;
};

const HOUR = 3_600_000;
const HUNDRED = rational(100);
const ONE = rational(1);
const isLevel = ({ aggregate }: MeterData) => ['max', 'unique', 'last', 'percentile'].includes(aggregate);
const isPositive = (value: Rational) => compare(value, ZERO) > 0;
const ratio = (a: number, b: number) => divide(rational(a), rational(b));

/** The instant at which a day begins: UTC+5:30 in Kolkata; in Berlin UTC+2 up to the day of the change, 25 October. */
export function dayStart(zone: Zone, day: number): number {
  const ahead = zone === 'UTC' ? 0 : zone === 'Asia/Kolkata' ? 5.5 : day <= 24 ? 2 : 1;
  return Date.UTC(2026, 9, 1 + day) - ahead * HOUR;
}

function dayOf(zone: Zone, at: number): number {
  let day = -100;
  while (dayStart(zone, day + 1) <= at) day++;
  return day;
}

/** Days − days, by date. */
const days = (zone: Zone, from: number, to: number) => dayOf(zone, to) - dayOf(zone, from);

type Stretch = { readonly names: readonly (readonly [string, number])[]; readonly from: number; readonly to: number };

export function billOf(one: PageCase): Bill {
  const { zone, period, digits } = one;
  const [from, to] = [dayStart(zone, period.from), dayStart(zone, period.to)];
  const stretches = stretchesOf(one, from, to);
  const rated = stretches.map((stretch, i) => rate(one, stretch, i, to));
  const lines: Line[] = [];
  for (const [i, stretch] of stretches.entries()) {
    const fee = tierOf(one, stretch).fee;
    if (fee !== undefined) lines.push(line(`${i} fee`, times(rational(fee), monthsOf(one, stretch)), digits));
    lines.push(...rated[i]!.lines);
  }
  const paid = payments(one, stretches, rated, from, to);
  if (paid.bought > 0) lines.push(line('pack', times(rational(one.pack!.price), rational(paid.bought)), digits));
  const blocked: Record<string, Rational> = {};
  for (const part of rated) {
    for (const [meter, quantity] of part.blocked) {
      const before = blocked[meter.name] ?? ZERO;
      blocked[meter.name] = isLevel(meter) ? most(before, quantity) : plus(before, quantity);
    }
  }
  const base = minus(sum(lines), total(paid.uses.map((use) => use.drawn)));
  const rateOf = divide(rational(one.tax?.rate ?? '0'), HUNDRED);
  const added = one.tax && !one.tax.included ? rounded(times(base, rateOf), digits) : ZERO;
  const within = one.tax?.included ? rounded(divide(times(base, rateOf), plus(ONE, rateOf)), digits) : added;
  const named = stretches.map(({ names, from: begin, to: end }) => `${names.at(-1)![0]} ${begin} ${end}`);
  return { stretches: named, lines, blocked, uses: paid.uses, tax: within, total: plus(base, added) };
}

const tierOf = (one: PageCase, { names }: Stretch) => one.tiers[names[0]![0]]!;
const sum = (lines: readonly Line[]) => total(lines.map(({ amount }) => amount));
const line = (about: string, exact: Rational, digits: number): Line => ({
  about,
  exact,
  amount: rounded(exact, digits),
});

function stretchesOf(one: PageCase, from: number, to: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const stay of one.stays) {
    const [begin, end] = [Math.max(stay.from, from), Math.min(stay.to, to)];
    if (begin >= end) continue;
    const before = stretches.at(-1);
    const isSame = before && JSON.stringify(tierOf(one, before)) === JSON.stringify(one.tiers[stay.tier]);
    if (isSame) stretches.pop();
    const names = [...(isSame ? before.names : []), [stay.tier, begin] as const];
    stretches.push({ names, from: isSame ? before.from : begin, to: end });
  }
  return stretches;
}

const shareOf = ({ zone, period }: PageCase, from: number, to: number) =>
  ratio(days(zone, from, to), period.to - period.from);
const monthsOf = (one: PageCase, { from, to }: Stretch) => times(rational(one.period.months), shareOf(one, from, to));

type Rated = { readonly lines: readonly Line[]; readonly blocked: readonly (readonly [MeterData, Rational])[] };

/** The usage lines of a stretch and what acts on them, if nothing is used from `until` on. */
function rate(one: PageCase, stretch: Stretch, position: number, until: number): Rated {
  const { digits } = one;
  const tier = tierOf(one, stretch);
  const lines: Line[] = [];
  const blocked: [MeterData, Rational][] = [];
  for (const meter of one.meters) {
    const parts = coverage(one, meter, stretch, until);
    const beyond = total(parts.map(({ used, covered }) => minus(used, covered)));
    const charge = tier.overage[meter.name];
    if (!charge) {
      if (tier.limits[meter.name] && isPositive(beyond)) blocked.push([meter, beyond]);
      continue;
    }
    const includesSome = isPositive(rational(tier.limits[meter.name]?.quantity ?? '0'));
    const share = isLevel(meter) ? shareOf(one, stretch.from, stretch.to) : ONE;
    const add = (price: PriceData, quantity: Rational, events: number, values: string) => {
      for (const { step, cost, fixed } of costs(price, quantity, events, includesSome))
        lines.push(line(`${position} ${meter.name} ${step} ${values}`, plus(times(cost, share), fixed), digits));
    };
    const rows = rowsOf(one, meter, stretch.from, Math.min(stretch.to, until));
    if (charge.by.length === 0) {
      add(charge.price, beyond, events(meter, rows), '');
      continue;
    }
    const priced = charge as Extract<ChargeData, { prices: unknown }>;
    const groupOf = (row: RowData) => groupFor(priced, row);
    const groups = [...new Map(rows.map((row) => [groupOf(row).join('|'), groupOf(row)])).values()];
    for (const group of groups.sort((a, b) => (a.join('\u0000') < b.join('\u0000') ? -1 : 1))) {
      const own = (some: readonly RowData[]) => some.filter((row) => groupOf(row).join('|') === group.join('|'));
      const amount = (some: readonly RowData[]) => flow(meter, own(some));
      if (!isPositive(amount(rows))) continue;
      const included = total(
        parts.map(({ rows: some, used, covered }) =>
          isPositive(used) ? divide(times(amount(some), covered), used) : ZERO,
        ),
      );
      const price = priced.prices.find(({ values }) => values.join('|') === group.join('|'))?.price ?? priced.price;
      add(price, minus(amount(rows), included), events(meter, own(rows)), group.join('|'));
    }
  }
  lines.push(...adjustments(one, stretch, position, lines));
  return { lines, blocked };
}

function adjustments(one: PageCase, stretch: Stretch, position: number, usage: readonly Line[]): Line[] {
  const { discount, maximum, minimum } = tierOf(one, stretch);
  const months = monthsOf(one, stretch);
  const lines: Line[] = [];
  const soFar = () => plus(sum(usage), sum(lines));
  const add = (kind: string, exact: Rational) => lines.push(line(`${position} ${kind}`, exact, one.digits));
  if (discount !== undefined && soFar().n !== 0n)
    add('discount', minus(ZERO, divide(times(soFar(), rational(discount)), HUNDRED)));
  const [most, least] = [maximum, minimum].map((bound) => bound !== undefined && times(rational(bound), months));
  if (most && compare(soFar(), most) > 0) add('maximum', minus(most, soFar()));
  if (least && compare(soFar(), least) < 0) add('minimum', minus(least, soFar()));
  return lines;
}

type Part = { readonly used: Rational; readonly covered: Rational; readonly rows: readonly RowData[] };

/** What was used and covered in each window of the limit, or in the stretch as a whole. */
function coverage(one: PageCase, meter: MeterData, stretch: Stretch, until: number): Part[] {
  const { zone, period } = one;
  const tier = tierOf(one, stretch);
  const limit = tier.limits[meter.name];
  const isCap = !tier.overage[meter.name];
  const periodEnd = dayStart(zone, period.to);
  const part = (from: number, to: number, included: Rational): Part => {
    const used = quantityOf(one, meter, { from, to, until });
    return { used, covered: least(used, included), rows: rowsOf(one, meter, from, Math.min(to, until)) };
  };
  if (!limit) return [part(stretch.from, stretch.to, ZERO)];
  const quantity = rational(limit.quantity);
  if (limit.per !== 'day' && limit.per !== 'week') {
    const months = rational(period.months);
    const whole =
      limit.per === '' ? quantity : times(quantity, limit.per === 'mo' ? months : divide(months, rational(12)));
    const share = isLevel(meter) ? ONE : shareOf(one, stretch.from, isCap ? periodEnd : stretch.to);
    return [part(stretch.from, stretch.to, times(whole, share))];
  }
  const parts: Part[] = [];
  const [first, last] = [dayOf(zone, stretch.from), dayOf(zone, stretch.to)];
  for (let day = first - 7; day <= last; day++) {
    // 1 October 2026 is a Thursday: Mondays are the days 4, 11, 18…
    if (limit.per === 'week' && (((day - 4) % 7) + 7) % 7 !== 0) continue;
    const [begin, end] = [dayStart(zone, day), dayStart(zone, day + (limit.per === 'week' ? 7 : 1))];
    const [from, to] = [Math.max(begin, stretch.from), Math.min(end, stretch.to)];
    if (from >= to) continue;
    const counted = isCap ? Math.min(end, periodEnd) : to;
    const inDays = [from, counted].every((at) => dayStart(zone, dayOf(zone, at)) === at);
    const share = inDays
      ? ratio(days(zone, from, counted), days(zone, begin, end))
      : ratio(counted - from, end - begin);
    parts.push(part(from, to, times(quantity, share)));
  }
  return parts;
}

/** The rows of a time that count for a meter: they have a value and meet its filter. */
function rowsOf(one: PageCase, { field, where }: MeterData, from: number, to: number): RowData[] {
  return one.rows.filter(
    (row) =>
      row.at >= from &&
      row.at < to &&
      row[field] !== '' &&
      where.every(({ dimension, values, not }) => {
        const value = row[dimension];
        const isOne = values.some((text) => text === value || (/^[1-5]xx$/.test(text) && classOf(value) === text));
        return isOne !== not;
      }),
  );
}

const classOf = (value: string) => (/^[1-5]\d\d$/.test(value) ? `${value[0]}xx` : undefined);

function events({ aggregate, field }: MeterData, rows: readonly RowData[]): number {
  const zeroCounts = ['count', 'unique', 'last', 'time_weighted'].includes(aggregate);
  return rows.filter((row) => zeroCounts || isPositive(rational(row[field]))).length;
}

function flow({ aggregate, field }: MeterData, rows: readonly RowData[]): Rational {
  return aggregate === 'count' ? rational(rows.length) : total(rows.map((row) => rational(row[field])));
}

function quantityOf(one: PageCase, meter: MeterData, time: { from: number; to: number; until: number }): Rational {
  const { field, aggregate } = meter;
  const { from, to } = time;
  const end = Math.min(to, time.until);
  const rows = rowsOf(one, meter, from, end);
  switch (aggregate) {
    case 'sum':
    case 'count':
      return flow(meter, rows);
    case 'max':
      return rows.map((row) => rational(row[field])).reduce(most, ZERO);
    case 'unique':
      return rational(new Set(rows.map((row) => row[field])).size);
    case 'last':
      return inForce(one, meter, end - 1);
    case 'percentile':
      return percentile(meter, rows, from, to);
    case 'time_weighted':
      return weighted(one, meter, from, end);
  }
}

/** The value of the latest row at or before an instant; of several at the same one the largest. */
function inForce(one: PageCase, meter: MeterData, at: number): Rational {
  const rows = rowsOf(one, meter, Number.NEGATIVE_INFINITY, at + 1);
  const latest = Math.max(...rows.map((row) => row.at));
  return rows
    .filter((row) => row.at === latest)
    .map((row) => rational(row[meter.field]))
    .reduce(most, ZERO);
}

function percentile(
  { field, percent, minutes }: MeterData,
  rows: readonly RowData[],
  from: number,
  to: number,
): Rational {
  const length = minutes * 60_000;
  const sums: Rational[] = [];
  let empty = 0;
  for (let at = Math.ceil(from / length) * length; at + length <= to; at += length) {
    const own = rows.filter((row) => row.at >= at && row.at < at + length);
    if (own.length === 0) empty++;
    else sums.push(total(own.map((row) => rational(row[field]))));
  }
  sums.sort(compare);
  const rank = Number(ceiling(divide(times(rational(percent), rational(empty + sums.length)), HUNDRED)).n);
  return rank <= empty ? ZERO : sums[rank - 1 - empty]!;
}

function weighted(one: PageCase, meter: MeterData, from: number, to: number): Rational {
  const { zone } = one;
  const edges = new Set([from, to]);
  for (const { at } of one.rows) edges.add(at);
  const months = [-30, 0, 31, 61, 92].map((day) => dayStart(zone, day));
  const dayStarts = Array.from({ length: 130 }, (_, i) => dayStart(zone, i - 35));
  const units = meter.per === 'month' ? months : dayStarts;
  for (const at of units) edges.add(at);
  const within = [...edges].filter((at) => at >= from && at <= to).sort((a, b) => a - b);
  return total(
    within.slice(1).map((end, i) => {
      const begin = within[i]!;
      const unit = units.findLastIndex((at) => at <= begin);
      const length = meter.per === 'hour' ? HOUR : units[unit + 1]! - units[unit]!;
      return times(inForce(one, meter, begin), ratio(end - begin, length));
    }),
  );
}

/** The values in the price's table that a row belongs to, itself before a class; else its own values. */
function groupFor({ by, prices }: Extract<ChargeData, { prices: unknown }>, row: RowData): readonly string[] {
  const own = by.map((dimension) => row[dimension]);
  const isListed = (values: readonly string[]) => prices.some((one) => one.values.join('|') === values.join('|'));
  if (isListed(own)) return own;
  const byClass = own.map((value) => classOf(value) ?? value);
  return isListed(byClass) ? byClass : own;
}

type Cost = { readonly step: number | ''; readonly cost: Rational; readonly fixed: Rational };

function costs(price: PriceData, quantity: Rational, rows: number, includesSome: boolean): Cost[] {
  const linear = ({ amount = '0', per = '1' }: StepData, units: Rational) =>
    times(divide(units, rational(per)), rational(amount));
  if (price.model === 'percentage') {
    const cost = divide(times(quantity, rational(price.rate)), HUNDRED);
    return [{ step: '', cost, fixed: times(rational(price.fixed), rational(rows)) }];
  }
  if (!('steps' in price)) {
    const packages = ceiling(divide(quantity, rational(price.per)));
    const cost = price.model === 'unit' ? linear(price, quantity) : times(packages, rational(price.amount));
    return [{ step: '', cost, fixed: ZERO }];
  }
  const flat = ({ flat: text = '0' }: StepData) => (includesSome && quantity.n === 0n ? ZERO : rational(text));
  const steps: Cost[] = [];
  let begin = ZERO;
  for (const [i, step] of price.steps.entries()) {
    const isLast = step.upTo === undefined || compare(quantity, rational(step.upTo)) <= 0;
    const units = price.model === 'graduated' ? minus(isLast ? quantity : rational(step.upTo!), begin) : quantity;
    if (isLast || price.model === 'graduated')
      steps.push({ step: i + 1, cost: plus(linear(step, units), flat(step)), fixed: ZERO });
    if (isLast) break;
    begin = rational(step.upTo!);
  }
  return steps;
}

type Account = {
  readonly id: string;
  readonly opening: Rational;
  readonly priority: number;
  readonly from: number;
  readonly expires: number;
  left: Rational;
};

/** Credits and packs: what each pays for in the parts of the period, in time order. */
function payments(
  one: PageCase,
  stretches: readonly Stretch[],
  rated: readonly Rated[],
  from: number,
  to: number,
): { uses: readonly Use[]; bought: number } {
  const { pack, zone, period } = one;
  const accounts = one.grants.map((grant, i): Account => {
    const [amount, begins, ends] = [rational(grant.amount), grant.from ?? -Infinity, grant.expires ?? Infinity];
    return {
      id: `grant-${i + 1}`,
      opening: amount,
      priority: grant.priority,
      from: begins,
      expires: ends,
      left: amount,
    };
  });
  const tiers = stretches.flatMap(({ names }) => names);
  const isSold = (at: number) => pack?.tiers.includes((tiers.findLast(([, begin]) => begin <= at) ?? tiers[0]!)[0]);
  const cuts = new Set(accounts.flatMap(({ from: begins, expires }) => [begins, expires]));
  if (pack && tiers.some(([name]) => pack.tiers.includes(name))) {
    for (let day = period.from; day < period.to; day++) cuts.add(dayStart(zone, day));
    for (const [, begin] of tiers) cuts.add(begin);
  }
  const edges = [from, ...[...cuts].filter((at) => at > from && at < to).sort((a, b) => a - b), to];
  const withoutMinimum = (lines: readonly Line[]) => sum(lines.filter(({ about }) => !about.endsWith('minimum')));
  const before = edges.map((until) =>
    total(
      stretches.map((stretch, i) => {
        if (stretch.from >= until) return ZERO;
        return withoutMinimum(rate(one, stretch, i, until).lines);
      }),
    ),
  );
  for (let i = before.length - 2; i >= 0; i--) before[i] = least(before[i]!, before[i + 1]!);
  let bought = 0;
  const draw = (owed: Rational, begin: number, end: number): Rational => {
    const paying = accounts.filter((account) => account.from <= begin && account.expires >= end);
    let rest = owed;
    for (const account of paying.sort(inDrawingOrder)) {
      const paid = least(account.left, rest);
      account.left = minus(account.left, paid);
      rest = minus(rest, paid);
    }
    return rest;
  };
  for (const [i, begin] of edges.slice(0, -1).entries()) {
    const end = edges[i + 1]!;
    let owed = draw(minus(before[i + 1]!, i === 0 ? ZERO : before[i]!), begin, end);
    while (pack && isSold(begin) && isPositive(owed) && bought < pack.most) {
      bought++;
      const credit = rational(pack.credit);
      const expires = dayStart(zone, dayOf(zone, begin) + pack.days);
      const account = { id: `pack-${bought}`, opening: credit, priority: 100, from: begin, expires, left: credit };
      accounts.push(account);
      const paid = least(credit, owed);
      account.left = minus(credit, paid);
      owed = minus(owed, paid);
    }
  }
  const topUp = sum(rated.flatMap(({ lines }) => lines.filter(({ about }) => about.endsWith('minimum'))));
  draw(topUp, edges.at(-2)!, to);
  const uses = accounts
    .filter((account) => account.from < to && account.expires > from)
    .map(({ id, opening, left, expires }): Use => {
      const isLost = expires <= to;
      return { id, drawn: minus(opening, left), expired: isLost ? left : ZERO, left: isLost ? ZERO : left };
    });
  return { uses, bought };
}

function inDrawingOrder(a: Account, b: Account): number {
  const byText = a.id < b.id ? -1 : 1;
  const earlier = (x: number, y: number) => (x === y ? 0 : x < y ? -1 : 1);
  return a.priority - b.priority || earlier(a.expires, b.expires) || earlier(a.from, b.from) || byText;
}
