/**
 * One walk over an account's months, for both engines.
 *
 * The walk knows the order of a month: one-click upgrades, the invoice, the reaction to it, credit packs, what is learned from
 * the bill, slow moves between plans. How a probability becomes an outcome is decided by its {@link Decisions}: `Expectation`
 * splits the customer over all outcomes, `Draw` takes one of them.
 */
import {
  BillAverages,
  type CustomerMonth,
  type InvoiceMet,
  logistic,
  NO_PRESSURE,
  type PricePressure,
  Reaction,
  Reactions,
} from './behaviour.ts';
import type { Tariff } from './billing.ts';
import type { Decisions, Start } from './decisions.ts';
import { MEAN_MONTH_DAYS } from './defaults.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import type { AccountChange, AccountUsage } from './priceChange.ts';
import type { Policies } from './scenario.ts';
import { billedIn, learnSpared, learnSparedBefore, sparedAt } from './spared.ts';
import { Standing } from './standing.ts';
import { Sums } from './sums.ts';
import type { WalkedAccount } from './walkedAccount.ts';

/** Receives each bill with the weight of the account-months that have it. */
export type BillObserver = (bill: number, weight: number) => void;

export type WalkerInput = {
  readonly tariff: Tariff;
  readonly policies: Policies;
  readonly behaviour: Behaviour;
};

export class Walker {
  /** Sums of the last walk. */
  readonly sums: Sums;
  private readonly tariff: Tariff;
  private readonly population: Population;
  private readonly behaviour: Behaviour;
  private readonly reactions: Reactions;
  private readonly plans: number;
  private readonly reaction = new Reaction();
  private readonly standing: Standing;
  private readonly averages: readonly BillAverages[];
  private readonly start: Start;
  /** By plan: an upgrade is offered this month. */
  private readonly isPrompted: boolean[];
  /** By plan, how surely the next one is preferred: 0 to 1. */
  private readonly leanings: Float64Array;
  private readonly customer: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };
  private readonly invoice: InvoiceMet;
  /** Averages of the bills under the list in force, of an account that keeps it for a while. */
  private readonly sparedAverages = new BillAverages();
  /** Usage of the account, and the position of its first month in it. */
  private usage: AccountUsage;
  private firstMonth = 0;

  constructor({ tariff, policies, behaviour }: WalkerInput, population: Population) {
    this.tariff = tariff;
    this.population = population;
    this.behaviour = behaviour;
    this.reactions = new Reactions(behaviour, policies);
    this.plans = tariff.terms.length;
    this.standing = new Standing(this.plans);
    this.averages = this.standing.averages;
    this.start = { shares: this.standing.shares, packHolders: new Float64Array(this.plans) };
    this.usage = population;
    this.isPrompted = tariff.terms.map(() => false);
    this.leanings = new Float64Array(this.plans);
    this.sums = new Sums({ horizon: population.horizon, plans: this.plans });
    const [terms, averages] = [tariff.terms[0]![0]!, this.averages[0]!];
    this.invoice = { terms, averages, bill: 0, throttling: 0, holdsPacks: false, isPrompted: false };
  }

  /** Walks over the months of one account. The sums that it returns are overwritten by the next walk. */
  walkAccount(account: WalkedAccount, decisions: Decisions, observe?: BillObserver): Sums {
    const { sums, reactions, customer, population } = this;
    const { pre, horizon } = population;
    const adoption = reactions.packAdoption();
    this.usage = account.usage ?? population;
    this.firstMonth = account.usage ? 0 : account.index * population.days.length;
    sums.clear();
    this.learnBefore(account);
    this.findStart(account, adoption);
    decisions.begin(this.start);
    if (account.change) this.addChange(account, account.change);
    sums.accounts = 1;

    for (let t = 0; t <= horizon; t++) {
      const month = pre + t;
      const spared = sparedAt(account, t);
      customer.requests = this.requestsAt(month);
      customer.peakDayRequests = this.usage.peakDays[this.firstMonth + month]!;
      customer.tenure = account.tenure + t;
      reactions.begin(customer, this.pressureAt(account, t));
      decisions.beginMonth();
      const upgrades = spared ? this.offerNothing() : this.upgradeAtOnce(account, month, decisions);
      this.addMonth(account, t, decisions);
      if (sums.accountsByMonth[t] === 0) break;
      this.meetInvoices(account, t, decisions, observe);
      if (t === horizon) break;
      sums.upgrades += upgrades;
      if (!spared) this.adoptPacks(account, month, decisions, adoption);
      this.learn(account, month);
      if (!spared) this.switchPlans(decisions);
    }
    sums.closeMonths();
    this.closeBridge(account, decisions.weights);
    return sums;
  }

  private requestsAt(month: number): number {
    const { meters, requests } = this.population;
    return this.usage.quantities[(this.firstMonth + month) * meters.length + requests]!;
  }

  /** The pressure of the price change in month t: from the month on in which the new list is billed first. */
  private pressureAt({ change }: WalkedAccount, t: number): Readonly<PricePressure> {
    return change ? this.reactions.pressureOf(change.rise, t - (change.spared?.months ?? 0)) : NO_PRESSURE;
  }

  /** Forms averages over the months before month 0. */
  private learnBefore(account: WalkedAccount): void {
    const { customer, population, behaviour } = this;
    const spared = account.change?.spared;
    this.standing.learnBefore(account, population.pre, behaviour.billMemory);
    customer.expectedRequests = this.requestsAt(0);
    for (let month = 1; month < population.pre; month++) this.learnUsage(this.requestsAt(month));
    if (spared) learnSparedBefore(spared, this.sparedAverages, population.pre, behaviour.billMemory);
  }

  /** Moves the averages of every plan, and of usage, towards a month. */
  private learn(account: WalkedAccount, month: number): void {
    const { billMemory } = this.behaviour;
    const spared = account.change?.spared;
    this.standing.learn(account, month, billMemory);
    this.learnUsage(this.customer.requests);
    if (spared) learnSpared(spared, this.sparedAverages, month, billMemory);
  }

  private learnUsage(requests: number): void {
    const { customer, behaviour } = this;
    customer.expectedRequests += behaviour.billMemory * (requests - customer.expectedRequests);
  }

  /** Plans and packs before month 0. */
  private findStart({ bills, row }: WalkedAccount, adoption: number): void {
    const { reactions, start, standing } = this;
    standing.climb(reactions);
    for (let plan = 0; plan < this.plans; plan++) {
      let unaware = 1;
      for (let month = 0; adoption > 0 && month < this.population.pre; month++)
        if (bills.overage[bills.at(row, month, plan)]! > 0) unaware *= 1 - adoption;
      start.packHolders[plan] = 1 - unaware;
    }
  }

  /** How the account is concerned by the price change. */
  private addChange({ index }: WalkedAccount, { rise, spared }: AccountChange): void {
    const { sums, population, behaviour } = this;
    const { quantities, meters, requests, days, pre } = population;
    const month = index * days.length + pre;
    sums.rise = rise;
    sums.dearer = rise > behaviour.migrationTolerance ? 1 : 0;
    sums.cheaper = rise < -behaviour.migrationTolerance ? 1 : 0;
    sums.requestsInForce = quantities[month * meters.length + requests]!;
    sums.requestsAtStart = this.requestsAt(pre);
    sums.grandfathered = spared ? 1 : 0;
  }

  /** Who keeps the list in force is offered no upgrade. Returns the weight that moved. */
  private offerNothing(): number {
    this.isPrompted.fill(false);
    return 0;
  }

  /** One-click upgrades, before the invoice; from the top plan down, so that nobody climbs two rungs in a month. */
  private upgradeAtOnce({ bills, row }: WalkedAccount, month: number, decisions: Decisions): number {
    const { averages, isPrompted, reactions, tariff, plans } = this;
    const { shares } = this.start;
    const isStart = month === this.population.pre;
    let upgrades = 0;
    for (let plan = plans - 1; plan >= 0; plan--) {
      isPrompted[plan] = plan < plans - 1 && reactions.isPrompted(tariff.terms[plan]![month]!);
      const isThere = decisions.weights[plan * 2]! + decisions.weights[plan * 2 + 1]! > 0;
      if (!isPrompted[plan] || !(isThere || isStart)) continue;
      const at = bills.at(row, month, plan);
      const taken = reactions.takesUpgrade({
        terms: tariff.terms[plan]![month]!,
        own: averages[plan]!,
        ownBill: bills.total[at]!,
        next: averages[plan + 1]!,
        nextBill: bills.total[at + 1]!,
      });
      upgrades += decisions.upgrade(plan, taken);
      if (!isStart) continue;
      const moving = shares[plan]! * taken;
      shares[plan]! -= moving;
      shares[plan + 1]! += moving;
    }
    return upgrades;
  }

  /** Bill of month 0 over all outcomes: the start of the bridge is a property of the account, not of a draw. */
  private expectedStartBill(account: WalkedAccount, month: number): number {
    const { shares } = this.start;
    const { pre } = this.population;
    const { bills, first, step } = billedIn(account, pre, month);
    let expected = 0;
    for (let plan = 0; plan < shares.length; plan++) expected += shares[plan]! * bills.total[first + plan * step]!;
    return expected;
  }

  /** Revenue, customers and plans of month t. */
  private addMonth(account: WalkedAccount, t: number, { weights }: Decisions): void {
    const { sums, plans } = this;
    const { pre, horizon, days } = this.population;
    const { bills, first, step } = billedIn(account, pre, pre + t);
    const ownFirst = account.bills.at(account.row, pre + t, 0);
    let [revenue, overage, accounts, forgone] = [0, 0, 0, 0];
    for (let plan = 0; plan < plans; plan++) {
      const weight = weights[plan * 2]! + weights[plan * 2 + 1]!;
      const at = first + plan * step;
      revenue += weight * bills.total[at]!;
      overage += weight * bills.overage[at]!;
      accounts += weight;
      if (step === 0) forgone += weight * (account.bills.total[ownFirst + plan]! - bills.total[at]!);
      if (t === 0) sums.startByPlan[plan]! += weight;
      if (t === horizon) sums.endByPlan[plan]! += weight;
    }
    sums.revenueByMonth[t] = t === 0 ? this.expectedStartBill(account, pre) : revenue;
    sums.normalisedByMonth[t] = revenue - overage + (overage * MEAN_MONTH_DAYS) / days[pre + t]!;
    sums.accountsByMonth[t] = accounts;
    if (t === 0) sums.startRevenue = sums.revenueByMonth[0]!;
    if (t === horizon) return;
    sums.accountMonths += accounts;
    sums.revenue += revenue;
    sums.overage += overage;
    sums.forgone += forgone;
  }

  /**
   * The month's invoice reaches the customer, wherever it is, and some leave, dispute it or write a ticket. Who leaves after the
   * last month is left to the time after it.
   */
  private meetInvoices(
    account: WalkedAccount,
    t: number,
    decisions: Decisions,
    observe: BillObserver | undefined,
  ): void {
    const { sums, reaction, reactions, invoice, averages, isPrompted, tariff } = this;
    const { meters, compute, pre, horizon } = this.population;
    const { weights } = decisions;
    const month = pre + t;
    const { requests } = this.customer;
    const computeSeconds = this.usage.quantities[(this.firstMonth + month) * meters.length + compute]!;
    const { bills, first, step } = billedIn(account, pre, month);
    const spared = sparedAt(account, t);
    for (let cell = 0; cell < weights.length; cell++) {
      const weight = weights[cell]!;
      if (weight === 0) continue;
      const plan = cell >> 1;
      const at = first + plan * step;
      invoice.terms = (spared?.terms ?? tariff.terms[plan]!)[month]!;
      invoice.averages = spared ? this.sparedAverages : averages[plan]!;
      invoice.bill = bills.total[at]!;
      invoice.throttling = bills.throttling[at]!;
      invoice.holdsPacks = (cell & 1) === 1;
      invoice.isPrompted = isPrompted[plan]!;
      reactions.reactTo(invoice, reaction);
      decisions.settle(reaction);
      const served = bills.served[at]!;
      sums.disputesByMonth[t]! += weight * reaction.dispute;
      sums.ticketsByMonth[t]! += weight * reaction.tickets;
      sums.computeSecondsByMonth[t]! += requests > 0 ? weight * computeSeconds * (served / requests) : 0;
      sums.requestsByMonth[t]! += weight * served;
      sums.gigabytesByMonth[t]! += weight * bills.gigabytes[at]!;
      if (t === horizon) continue;
      const leaving = weight * reaction.churn;
      sums.churned += leaving;
      sums.surprise += weight * reaction.surprise;
      sums.unpredictability += weight * reaction.unpredictability;
      sums.valueGap += weight * reaction.valueGap;
      sums.throttling += weight * invoice.throttling;
      sums.addCauses(reaction.hazards, reaction.hazard > 0 ? leaving / reaction.hazard : 0);
      observe?.(invoice.bill, weight);
      weights[cell] = weight - leaving;
    }
  }

  private adoptPacks({ bills, row }: WalkedAccount, month: number, decisions: Decisions, adoption: number): void {
    if (adoption === 0) return;
    const first = bills.at(row, month, 0);
    for (let plan = 0; plan < this.plans; plan++)
      if (bills.overage[first + plan]! > 0) decisions.adoptPacks(plan, adoption);
  }

  private switchPlans(decisions: Decisions): void {
    const { averages, reactions, leanings } = this;
    if (this.plans < 2) return;
    for (let plan = 0; plan + 1 < this.plans; plan++)
      leanings[plan] = logistic(reactions.advantageOfNext(averages[plan]!, averages[plan + 1]!));
    this.sums.upgrades += decisions.switchPlans(leanings, this.behaviour.slowSwitching);
  }

  /** The bridge from the bill of month 0 to the bills of the last month. */
  private closeBridge(account: WalkedAccount, weights: Float64Array): void {
    const { sums } = this;
    const startBill = sums.startRevenue;
    const { pre, horizon } = this.population;
    const { bills, first, step } = billedIn(account, pre, pre + horizon);
    for (let cell = 0; cell < weights.length; cell++) {
      const weight = weights[cell]!;
      const bill = bills.total[first + (cell >> 1) * step]!;
      sums.survivors += weight;
      sums.endRevenue += weight * bill;
      sums.keptRevenue += weight * Math.min(bill, startBill);
      sums.contraction += weight * Math.max(0, startBill - bill);
      sums.expansion += weight * Math.max(0, bill - startBill);
    }
    sums.churnedRevenue = startBill * (1 - sums.survivors);
  }
}
