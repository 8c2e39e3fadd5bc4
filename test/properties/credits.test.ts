/** Random months with credits and packs, against a book that is kept row by row, in whole cents. */
import { expect, test } from 'vitest';
import { formatMoney } from '../../src/core/money.ts';
import { billed, printed } from '../support/billing.ts';
import { brokenFocusRules } from '../support/focusRules.ts';
import { checkAsync, fc } from '../support/properties.ts';

const MONTHS = [9, 10, 11].map((month) => ({ start: Date.UTC(2026, month), end: Date.UTC(2026, month + 1) }));
const [FIRST, LAST] = [MONTHS[0]!.start, MONTHS[2]!.end];
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

type Row = { readonly at: number; readonly requests: number };
type Grant = { readonly cents: number; readonly priority: number; readonly from?: number; readonly expires?: number };
type Pack = { readonly credit: number; readonly days: number; readonly most: number };
type Case = {
  readonly rows: readonly Row[];
  readonly grants: readonly Grant[];
  readonly pack: Pack | undefined;
  /** Requests that are free in each month; each further one costs a cent. */
  readonly limit: number;
};

const instant = fc.integer({ min: 0, max: (LAST - FIRST) / MINUTE - 1 }).map((minutes) => FIRST + minutes * MINUTE);
const row = fc.record({ at: instant, requests: fc.integer({ min: 0, max: 300 }) });
const grant = fc
  .record({
    cents: fc.integer({ min: 1, max: 800 }),
    priority: fc.constantFrom(1, 2, 100),
    from: fc.option(instant, { nil: undefined }),
    expires: fc.option(instant, { nil: undefined }),
  })
  .filter(({ from, expires }) => from === undefined || expires === undefined || from < expires)
  .map(({ from, expires, ...rest }): Grant => {
    return { ...rest, ...(from !== undefined && { from }), ...(expires !== undefined && { expires }) };
  });
const anyCase: fc.Arbitrary<Case> = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 12 }),
  grants: fc.array(grant, { maxLength: 4 }),
  pack: fc.option(
    fc.record({
      credit: fc.integer({ min: 1, max: 500 }),
      days: fc.integer({ min: 1, max: 45 }),
      most: fc.integer({ min: 1, max: 4 }),
    }),
    { nil: undefined },
  ),
  limit: fc.constantFrom(1, 100, 500),
});

const dollars = (cents: number) => (cents / 100).toFixed(2);
const iso = (at: number) => new Date(at).toISOString();

function orderOf({ rows, grants, pack, limit }: Case) {
  const automatic = (one: Pack) =>
    `credit_packs: { burst: { price: 3, credit: ${dollars(one.credit)}, expires_after: ${one.days}d, auto_purchase: { max_per_period: ${one.most} } } }`;
  const credits = grants.map(({ cents, priority, from, expires }) => {
    const ends = `${from === undefined ? '' : `, from: ${iso(from)}`}${expires === undefined ? '' : `, expires: ${iso(expires)}`}`;
    return `{ amount: ${dollars(cents)}, priority: ${priority}${ends} }`;
  });
  return {
    tiers: `
${pack ? automatic(pack) : ''}
pricing_tiers: { only: { cost: usage, limits: { requests: ${limit} }, overage: { requests: 0.01 } } }
`,
    customers: `customers: { acme: { tier: only, credits: [${credits.join(', ')}] } }`,
    usage: `timestamp,customer_id,requests\n${rows.map(({ at, requests }) => `${iso(at)},acme,${requests}\n`).join('')}`,
  };
}

type Account = Grant & { readonly id: string; left: number };
type Book = { readonly month: number; readonly total: number; readonly credits: readonly string[] };

/** Row after row in time order: who pays each cent is decided when it is spent. */
function keepBook({ rows, grants, pack, limit }: Case): Book[] {
  const accounts: Account[] = grants.map((one, i) => ({ ...one, id: `grant-${i + 1}`, left: one.cents }));
  const inOrder = (a: Account, b: Account) =>
    a.priority - b.priority ||
    (a.expires ?? 1e15) - (b.expires ?? 1e15) ||
    (a.from ?? 0) - (b.from ?? 0) ||
    (a.id < b.id ? -1 : 1);
  const [first, last] = [Math.min(...rows.map(({ at }) => at)), Math.max(...rows.map(({ at }) => at))];
  const billedMonths = MONTHS.filter(({ start, end }) => end > first && start <= last);
  return billedMonths.map(({ start, end }): Book => {
    const opening = new Map(accounts.map((one) => [one.id, one.left]));
    const drawn = new Map<string, number>();
    let [used, owed, bought] = [0, 0, 0];
    for (const { at, requests } of rows.filter((one) => one.at >= start && one.at < end).sort((a, b) => a.at - b.at)) {
      for (let n = 0; n < requests; n++) {
        used++;
        if (used <= limit) continue;
        const payers = () =>
          accounts.filter((one) => one.left > 0 && (one.from ?? 0) <= at && at < (one.expires ?? 1e15)).sort(inOrder);
        if (payers().length === 0 && pack && bought < pack.most) {
          bought++;
          const day = Math.floor(at / DAY) * DAY;
          const id = `burst-${iso(start).slice(0, 7)}-${bought}`;
          accounts.push({
            id,
            cents: pack.credit,
            priority: 100,
            from: day,
            expires: day + pack.days * DAY,
            left: pack.credit,
          });
          opening.set(id, pack.credit);
        }
        const payer = payers()[0];
        if (!payer) owed++;
        else {
          payer.left--;
          drawn.set(payer.id, (drawn.get(payer.id) ?? 0) + 1);
        }
      }
    }
    const credits: string[] = [];
    for (const one of accounts) {
      const isListed = opening.get(one.id)! > 0 && (one.from ?? 0) < end && (one.expires ?? 1e15) > start;
      const expired = one.expires !== undefined && one.expires <= end ? one.left : 0;
      if (isListed) credits.push([one.id, drawn.get(one.id) ?? 0, expired, one.left - expired].join(' '));
      one.left -= expired;
    }
    return { month: start, total: owed + bought * 300, credits: credits.sort() };
  });
}

test('credits, packs and what is owed are what a book kept row by row says, and nothing of a credit is lost on the way', async () => {
  await checkAsync(
    fc.asyncProperty(anyCase, async (one) => {
      const run = await billed(orderOf(one));
      const { invoices } = run;
      const cents = (amount: (typeof invoices)[number]['total']) => Number(amount.times(100).toFixed());
      const issued = invoices.map(({ period, total, credits }): Book => {
        const uses = credits.map((use) =>
          [use.grant.id, ...[use.drawn, use.expired, use.remaining].map(cents)].join(' '),
        );
        return { month: period.start, total: cents(total), credits: uses.sort() };
      });
      expect(issued).toEqual(keepBook(one));

      expect(brokenFocusRules(printed(run, 'focus'))).toEqual([]);
      const uses = invoices.flatMap(({ credits }) => credits);
      for (const id of new Set(uses.map(({ grant }) => grant.id))) {
        const own = uses.filter(({ grant }) => grant.id === id);
        const accounted = own.reduce((sum, use) => sum.plus(use.drawn).plus(use.expired), own.at(-1)!.remaining);
        expect(`${id} ${accounted}`).toBe(`${id} ${own[0]!.grant.amount}`);
      }
    }),
    { runs: 40 },
  );
});

test('a stretch split at any instants without a change of tier is the same stretch', async () => {
  const contracts = ['', 'cost: 7.77, limits: { requests: 50 }, overage: { requests: 0.02 }'];
  await checkAsync(
    fc.asyncProperty(
      fc.tuple(anyCase, fc.uniqueArray(instant, { maxLength: 3 }), fc.constantFrom(...contracts)),
      async ([one, instants, contract]) => {
        const order = orderOf(one);
        const cuts = instants.toSorted((a, b) => a - b).map(iso);
        const stays = [...cuts, undefined].map((to, i) => {
          const from = cuts[i - 1];
          return `{ tier: only${from ? `, from: ${from}` : ''}${to ? `, to: ${to}` : ''} }`;
        });
        const rest = `${contract === '' ? '' : `, ${contract}`}${/, credits: .*\]/.exec(order.customers)![0]}`;
        const whole = await billed({ ...order, customers: `customers: { acme: { tier: only${rest} } }` });
        const split = await billed({
          ...order,
          customers: `customers: { acme: { history: [${stays.join(', ')}]${rest} } }`,
        });
        expect(printed(split, 'json')).toBe(printed(whole, 'json'));
      },
    ),
    { runs: 20 },
  );
});

test('shuffled rows in several exports, some of them delivered twice, give the same invoices', async () => {
  const shuffled = anyCase.chain((one) =>
    fc.record({
      one: fc.constant(one),
      rows: fc.shuffledSubarray([...one.rows.keys()], { minLength: one.rows.length }),
      again: fc.subarray([...one.rows.keys()]),
      file: fc.array(fc.nat(2), { minLength: one.rows.length, maxLength: one.rows.length }),
      change: instant,
    }),
  );
  await checkAsync(
    fc.asyncProperty(shuffled, async ({ one, rows, again, file, change }) => {
      const order = orderOf(one);
      const [header, ...lines] = order.usage.trim().split('\n');
      const exportOf = (numbers: readonly number[]) =>
        `event_id,${header}\n${numbers.map((n) => `evt_${n},${lines[n]}\n`).join('')}`;
      const credits = /, credits: .*\]/.exec(order.customers)![0];
      const tiers = `${order.tiers.replace('pricing_tiers: {', 'pricing_tiers: { other: { cost: 5, overage: { requests: 0.03 }, discount: 7% },')}`;
      const customers = `customers: { acme: { history: [{ tier: only, to: ${iso(change)} }, { tier: other, from: ${iso(change)} }]${credits} } }`;
      const plain = await billed({ tiers, customers, usage: exportOf([...one.rows.keys()]) });
      const mixed = [0, 1, 2].map((part) => rows.filter((n) => file[n] === part));
      const torn = await billed({ tiers, customers, usage: [exportOf(again), ...mixed.map(exportOf)] });
      expect(printed(torn, 'csv')).toBe(printed(plain, 'csv'));
      expect(torn.invoices.map(({ credits: uses }) => uses)).toEqual(plain.invoices.map(({ credits: uses }) => uses));
      expect(torn.rows.duplicate).toBe(again.length);
      for (const invoice of torn.invoices) expect(formatMoney(invoice.total, invoice.currency)).toMatch(/^\d/);
    }),
    { runs: 20 },
  );
});
