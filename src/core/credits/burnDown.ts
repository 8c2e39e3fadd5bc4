/**
 * Pays a period's usage charges from credit in time order, because a grant that expires on the 15th pays for what was
 * used before it and for nothing after.
 */
import { assert } from '../assert.ts';
import type { Instant } from '../calendar.ts';
import type { CreditGrant, CreditPack } from '../catalog/credit.ts';
import { Decimal, sum, ZERO } from '../decimal.ts';
import type { Period } from '../period.ts';
import { type Balance, byDrawingOrder, DEFAULT_PRIORITY } from './grant.ts';

/** A pack that is bought by itself when usage charges meet no credit any more. */
export type AutoPurchase = {
  readonly pack: CreditPack;
  readonly maxPerPeriod: number;
  /** True if it is bought for charges from this boundary to the next. */
  readonly isFor: (from: Instant) => boolean;
  /** Id of the n-th pack bought in the period, from 1. */
  readonly idOf: (n: number) => string;
  readonly expiryOf: (purchased: Instant) => Instant | undefined;
};

export type BurnDownInput = {
  /** Remaining credit of earlier periods, and grants since. */
  readonly balances: readonly Balance[];
  readonly period: Period;
  /**
   * Instants at which the charges are known: ascending, from the period's start to its end, with every start and expiry
   * of a grant in between among them.
   */
  readonly boundaries: readonly Instant[];
  /** Usage charges of what was used before each boundary, in whole minor units, without what minimums add. */
  readonly charges: readonly Decimal[];
  /**
   * The amount that minimums add. It is owed at the period's end, and never a reason to buy a pack: nothing was used
   * for it.
   */
  readonly topUp: Decimal;
  readonly autoPurchase?: AutoPurchase | undefined;
};

/** Use of one grant in the period: opening = drawn + expired + remaining. */
export type CreditUse = {
  readonly grant: CreditGrant;
  /** Before the period, or when it was bought in it. */
  readonly opening: Decimal;
  readonly drawn: Decimal;
  /** Lost because it expired in the period. */
  readonly expired: Decimal;
  readonly remaining: Decimal;
};

export type BurnDown = {
  /** Grants that were in force at some time in the period, in drawing order. */
  readonly uses: readonly CreditUse[];
  readonly drawn: Decimal;
  /** Packs bought by themselves. */
  readonly bought: number;
};

/** Balances for the next period, of the grants before this one and of those bought in it. */
export function carryOver(balances: readonly Balance[], uses: readonly CreditUse[], period: Period): Balance[] {
  if (balances.length === 0 && uses.length === 0) return [];
  const used = new Map(uses.map((use) => [use.grant.id, use]));
  const known = new Set(balances.map(({ grant }) => grant.id));
  const bought = uses.filter(({ grant }) => !known.has(grant.id));
  return [...balances, ...bought.map(({ grant, remaining }) => ({ grant, remaining }))]
    .filter(({ grant }) => grant.expires === undefined || grant.expires > period.end)
    .map(({ grant, remaining }) => ({ grant, remaining: used.get(grant.id)?.remaining ?? remaining }));
}

type Account = { readonly grant: CreditGrant; readonly opening: Decimal; remaining: Decimal; drawn: Decimal };

export function burnDown(input: BurnDownInput): BurnDown {
  const { balances, period, boundaries, autoPurchase } = input;
  const accounts: Account[] = balances.map(({ grant, remaining }) => open(grant, remaining));
  const accruals = accrualsOf(input.charges);
  let bought = 0;

  for (const [i, accrued] of accruals.entries()) {
    const [from, to] = [boundaries[i]!, boundaries[i + 1]!];
    let owed = drawInForce(accounts, accrued, from, to);
    if (!autoPurchase?.isFor(from)) continue;
    while (owed.gt(ZERO) && bought < autoPurchase.maxPerPeriod && autoPurchase.pack.credit.gt(ZERO)) {
      bought++;
      const account = open(packGrant(autoPurchase, bought, from), autoPurchase.pack.credit);
      accounts.push(account);
      owed = owed.minus(draw(account, owed));
    }
  }

  drawInForce(accounts, input.topUp, boundaries.at(-2)!, boundaries.at(-1)!);

  const inPeriod = accounts.filter(
    ({ grant, opening }) => isInForce(grant, period.end - 1, period.start + 1) && !opening.isZero(),
  );
  inPeriod.sort((a, b) => byDrawingOrder(a.grant, b.grant));
  const uses = inPeriod.map((account) => useOf(account, period));
  return { uses, drawn: sum(uses.map((use) => use.drawn)), bought };
}

/**
 * New charges between each boundary and the next. Volume pricing can let charges fall; the fall is taken from earlier
 * charges, so that no accrual is negative and all of them add up to the invoice's charges.
 */
function accrualsOf(charges: readonly Decimal[]): Decimal[] {
  const lasting: Decimal[] = [];
  for (let i = charges.length - 1; i >= 0; i--) {
    const later = lasting[0];
    lasting.unshift(later ? Decimal.min(charges[i]!, later) : charges[i]!);
  }
  return lasting.slice(1).map((charge, i) => charge.minus(i === 0 ? ZERO : lasting[i]!));
}

/** Draws on the grants that are in force from `from` to `to`, and returns the amount that they leave owed. */
function drawInForce(accounts: readonly Account[], amount: Decimal, from: Instant, to: Instant): Decimal {
  const inForce = accounts.filter(({ grant }) => isInForce(grant, from, to));
  inForce.sort((a, b) => byDrawingOrder(a.grant, b.grant));
  let owed = amount;
  for (const account of inForce) owed = owed.minus(draw(account, owed));
  return owed;
}

/** True if the grant has begun by `begun` and does not expire before `ends`. */
function isInForce({ start, expires }: CreditGrant, begun: Instant, ends: Instant): boolean {
  return (start === undefined || start <= begun) && (expires === undefined || expires >= ends);
}

function draw(account: Account, owed: Decimal): Decimal {
  const amount = Decimal.min(account.remaining, owed);
  account.remaining = account.remaining.minus(amount);
  account.drawn = account.drawn.plus(amount);
  return amount;
}

function useOf({ grant, opening, drawn, remaining }: Account, period: Period): CreditUse {
  const isOver = grant.expires !== undefined && grant.expires <= period.end;
  const use = { grant, opening, drawn, expired: isOver ? remaining : ZERO, remaining: isOver ? ZERO : remaining };
  const accounted = use.drawn.plus(use.expired).plus(use.remaining);
  assert(accounted.eq(opening), () => `of ${opening} of credit ${grant.id} ${accounted} are accounted for`);
  return use;
}

function open(grant: CreditGrant, remaining: Decimal): Account {
  return { grant, opening: remaining, remaining, drawn: ZERO };
}

function packGrant({ pack, idOf, expiryOf }: AutoPurchase, n: number, purchased: Instant): CreditGrant {
  const expires = expiryOf(purchased);
  return {
    id: idOf(n),
    amount: pack.credit,
    priority: DEFAULT_PRIORITY,
    start: purchased,
    ...(expires !== undefined && { expires }),
    pack: pack.name,
  };
}
