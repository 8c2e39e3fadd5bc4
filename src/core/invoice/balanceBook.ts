/** Keeps the balances of a run while its invoices are issued. */
import { assert } from '../assert.ts';
import type { Instant } from '../calendar.ts';
import type { CreditGrant } from '../catalog/credit.ts';
import { carriesOver, type Meter } from '../catalog/meter.ts';
import { type Decimal, sum, ZERO } from '../decimal.ts';
import type { Mutable } from '../mutable.ts';
import { bucketEnd, bucketsFor } from '../usage/buckets.ts';
import { valueInForce } from '../usage/openedLedger.ts';
import type { Balances, CreditAccount, CustomerBalances, ValueInForce } from './balances.ts';
import { type BillingRun, boundariesOf, customerCalled, periodsOf, timeOf } from './billingRun.ts';
import type { Invoice } from './invoice.ts';

type OpenAccount = Mutable<CreditAccount>;

export class BalanceBook {
  private readonly run: BillingRun;
  private isComplete = false;
  /** By customer and id of the credit. */
  private readonly accounts = new Map<string, Map<string, OpenAccount>>();

  constructor(run: BillingRun) {
    this.run = run;
  }

  /** Invoices that pass, each of which is entered. */
  *entering(invoices: Iterable<Invoice>): Generator<Invoice> {
    for (const invoice of invoices) {
      this.add(invoice);
      yield invoice;
    }
    this.isComplete = true;
  }

  /** Enters what an invoice drew. Invoices of a customer come in time order. */
  private add({ customer, credits }: Pick<Invoice, 'customer' | 'credits'>): void {
    if (credits.length === 0) return;
    const accounts = this.accountsOf(customer);
    for (const { grant, drawn, expired, remaining } of credits) {
      const known = accounts.get(grant.id);
      const account = known ?? { ...newAccount(grant, ZERO), isBought: true };
      accounts.set(grant.id, account);
      account.drawn = account.drawn.plus(drawn);
      account.expired = account.expired.plus(expired);
      account.remaining = remaining;
    }
  }

  /** The balances at the end of the run, after all of its invoices. The run must have a time. */
  close(): Balances {
    const { run } = this;
    const time = timeOf(run);
    assert(this.isComplete && time !== undefined, () => 'balances are closed before all invoices were issued');
    const withGrants = [...run.customers.values()].filter(({ grants }) => grants.length > 0).map(({ id }) => id);
    const carried = [...run.rateCard.meters.values()].filter(carriesOver);
    const ids = new Set([
      ...withGrants,
      ...this.accounts.keys(),
      ...(run.opening?.customers.keys() ?? []),
      ...(carried.length > 0 ? run.ledger.customers : []),
    ]);
    const customers = new Map<string, CustomerBalances>();
    for (const id of [...ids].sort()) {
      const balances = this.closeCustomer(id, carried);
      if (balances) customers.set(id, balances);
    }
    const counters = run.lastReadings ?? run.opening?.counters;
    return { currency: run.rateCard.currency.code, end: time.end, customers, ...(counters && { counters }) };
  }

  private closeCustomer(id: string, carried: readonly Meter[]): CustomerBalances | undefined {
    const end = this.periodsOf(id).at(-1)!.end;
    const agreed = new Set(this.grantsOf(id).map((grant) => grant.id));
    const accounts = [...this.accountsOf(id).values()].map((account) => expiredBy(account, end));
    accounts.sort((a, b) => (a.grant.id < b.grant.id ? -1 : 1));
    const isFinished = ({ grant, remaining }: CreditAccount) => remaining.isZero() && !agreed.has(grant.id);
    const credits = accounts.filter((account) => !isFinished(account));
    const over = accounts.filter(isFinished);
    const before = this.run.opening?.customers.get(id)?.finished;
    const total = (amount: (account: CreditAccount) => Decimal, earlier = ZERO) => sum([earlier, ...over.map(amount)]);
    const finished = {
      granted: total(({ grant }) => grant.amount, before?.granted),
      drawn: total(({ drawn }) => drawn, before?.drawn),
      expired: total(({ expired }) => expired, before?.expired),
    };
    const values = this.valuesAt(id, end, carried);
    const isEmpty = credits.length === 0 && finished.granted.isZero() && values.size === 0;
    return isEmpty ? undefined : { credits, finished, values };
  }

  private valuesAt(id: string, end: Instant, carried: readonly Meter[]): Map<string, ValueInForce> {
    if (carried.length === 0) return new Map();
    const { ledger, rateCard, customers, periods } = this.run;
    const buckets = bucketsFor(rateCard.timezone, boundariesOf(customers, periods, rateCard.timezone));
    const after = { start: end, end: bucketEnd(buckets, end) };
    const usage = ledger.usageOf(id, after);
    const anchor = customers.get(id)?.anchor ?? 1;
    return new Map(
      carried.flatMap((meter) => {
        const value = valueInForce(usage.get(meter.name)!, meter, { period: after, anchor });
        return value ? [[meter.name, value] as const] : [];
      }),
    );
  }

  /** A customer's accounts, with those of credits that began before the run ends. */
  private accountsOf(id: string): Map<string, OpenAccount> {
    const known = this.accounts.get(id);
    if (known) return known;
    const { opening } = this.run;
    const accounts = new Map<string, OpenAccount>();
    this.accounts.set(id, accounts);
    for (const account of opening?.customers.get(id)?.credits ?? [])
      accounts.set(account.grant.id, { ...account, opening: account.remaining });
    const periods = this.periodsOf(id);
    const [start, end] = [periods[0]!.start, periods.at(-1)!.end];
    for (const grant of this.grantsOf(id)) {
      const before = accounts.get(grant.id);
      if (before) before.grant = grant;
      else if ((grant.start ?? start) < end && (grant.expires ?? end) > start) {
        const beganBefore = grant.start === undefined || grant.start < start;
        accounts.set(grant.id, newAccount(grant, beganBefore && !opening ? grant.amount : ZERO));
      }
    }
    return accounts;
  }

  private grantsOf(id: string): readonly CreditGrant[] {
    return this.run.customers.get(id)?.grants ?? [];
  }

  private periodsOf(id: string) {
    const customer = customerCalled(this.run, id);
    return customer ? periodsOf(this.run, customer) : [timeOf(this.run)!];
  }
}

function newAccount(grant: CreditGrant, opening: Decimal): OpenAccount {
  return { grant, isBought: false, opening, drawn: ZERO, expired: ZERO, remaining: grant.amount };
}

/** The account at `end`: what is left of a credit that expires by then is lost, whether or not there was an invoice. */
function expiredBy(account: CreditAccount, end: Instant): CreditAccount {
  const { grant, drawn, remaining } = account;
  const isOver = grant.expires !== undefined && grant.expires <= end;
  const closed = isOver ? { ...account, expired: account.expired.plus(remaining), remaining: ZERO } : account;
  const accounted = drawn.plus(closed.expired).plus(closed.remaining);
  assert(accounted.eq(grant.amount), () => `of ${grant.amount} of credit ${grant.id} ${accounted} are accounted for`);
  return closed;
}
