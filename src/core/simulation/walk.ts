/**
 * One walk over an account's months, for both engines.
 *
 * The walk knows the order of a month: one-click upgrades, the invoice, the reaction to it, credit packs, what is learned from
 * the bill, slow moves between plans. How a probability becomes an outcome is decided by its {@link Decisions}: `Expectation`
 * splits the customer over all outcomes, `Draw` takes one of them.
 */
import {
  type HazardScale,
  HazardsByCause,
  type Impression,
  type InvoiceMet,
  Reaction,
  Reactions,
} from './behaviour.ts';
import { NO_BILLS, type Tariff } from './billing.ts';
import type { Decisions, Start } from './decisions.ts';
import { MEAN_MONTH_DAYS, MONTHS_A_YEAR } from './defaults.ts';
import { Outlook } from './outlook.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import type { AccountChange } from './priceChange.ts';
import type { Policies } from './scenario.ts';
import { MonthBills, sparedAt } from './spared.ts';
import { addCauses, Sums } from './sums.ts';
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
  /** Months of the account that walks go over. */
  private readonly outlook: Outlook;
  private readonly tariff: Tariff;
  private readonly population: Population;
  private readonly behaviour: Behaviour;
  private readonly reactions: Reactions;
  private readonly plans: number;
  private readonly reaction = new Reaction();
  private readonly start: Start;
  /** By plan: an upgrade is offered this month. */
  private readonly isPrompted: boolean[];
  private readonly impression: Impression = { surprise: 0, unpredictability: 0, valueGap: 0, foreseeable: 0 };
  private readonly invoice: Pick<InvoiceMet, 'terms' | 'throttling' | 'isPrompted'>;
  /** Of the month that is walked over. */
  private readonly billed = new MonthBills(NO_BILLS);
  private readonly scale: HazardScale = { multiplier: 1, migration: 0 };
  /** Customers who have given notice and are there until the end of their year; as {@link Decisions.weights}. */
  private readonly notice: Float64Array;
  /** Their number by the cause that they leave for. */
  private readonly noticeByCause = new HazardsByCause();

  /** `outlook`: shared with other walkers of the same tariff and behaviour; absent: one of its own. */
  constructor({ tariff, policies, behaviour }: WalkerInput, population: Population, outlook?: Outlook) {
    this.tariff = tariff;
    this.population = population;
    this.behaviour = behaviour;
    this.outlook =
      outlook ??
      new Outlook(
        { tariff, behaviour, packs: policies.credits, prompts: policies.oneClick && policies.notify },
        population,
      );
    this.reactions = new Reactions(behaviour, policies);
    this.plans = tariff.terms.length;
    this.start = { shares: new Float64Array(this.plans), packHolders: new Float64Array(this.plans) };
    this.isPrompted = tariff.terms.map(() => false);
    this.sums = new Sums({ horizon: population.horizon, plans: this.plans });
    this.notice = new Float64Array(this.plans * 2);
    this.invoice = { terms: tariff.terms[0]![0]!, throttling: 0, isPrompted: false };
  }

  /** Looks at an account and walks over its months. The sums that it returns are overwritten by the next walk. */
  walkAccount(account: WalkedAccount, decisions: Decisions, observe?: BillObserver): Sums {
    this.outlook.look(account);
    return this.walk(decisions, observe);
  }

  /** Walks over the months of the account that the outlook has looked at. */
  walk(decisions: Decisions, observe?: BillObserver): Sums {
    const { sums, reactions } = this;
    const account = this.outlook.account!;
    const { pre, horizon } = this.population;
    const adoption = reactions.packAdoption();
    sums.clear();
    this.notice.fill(0);
    this.noticeByCause.values.fill(0);
    this.findStart(account, adoption);
    decisions.begin(this.start);
    if (account.change) this.addChange(account, account.change);
    sums.accounts = 1;

    for (let t = 0; t <= horizon; t++) {
      const month = pre + t;
      const isSpared = sparedAt(account, t) !== undefined;
      this.billed.find(account, pre, month);
      decisions.beginMonth();
      const upgrades = isSpared ? this.offerNothing() : this.upgradeAtOnce(t, decisions);
      this.addMonth(account, t, decisions);
      if (sums.accountsByMonth[t] === 0) break;
      this.meetInvoices(account, t, decisions, observe);
      if (t === horizon) break;
      sums.upgrades += upgrades;
      if (!isSpared) {
        this.adoptPacks(account, month, decisions, adoption);
        this.switchPlans(t, decisions);
      }
      if ((t + 1) % MONTHS_A_YEAR === 0) this.endYear();
    }
    sums.closeMonths();
    this.closeBridge(account, decisions.weights);
    return sums;
  }

  /** Plans and packs before month 0. */
  private findStart({ bills, row }: WalkedAccount, adoption: number): void {
    const { start, outlook } = this;
    start.shares.set(outlook.shares);
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
    sums.requestsAtStart = this.outlook.requests[0]!;
    sums.grandfathered = spared ? 1 : 0;
  }

  /** Who keeps the list in force is offered no upgrade. Returns the weight that moved. */
  private offerNothing(): number {
    this.isPrompted.fill(false);
    return 0;
  }

  /** One-click upgrades, before the invoice; from the top plan down, so that nobody climbs two rungs in a month. */
  private upgradeAtOnce(t: number, decisions: Decisions): number {
    const { outlook, isPrompted, plans } = this;
    const { shares } = this.start;
    const { prompts } = this.reactions;
    let upgrades = 0;
    for (let plan = plans - 2; plan >= 0; plan--) {
      const at = outlook.at(t, plan);
      isPrompted[plan] = prompts && outlook.isNearLimit[at] === 1;
      if (!isPrompted[plan]) continue;
      const taken = outlook.taken[at]!;
      upgrades += decisions.upgrade(plan, taken);
      if (t > 0) continue;
      const moving = shares[plan]! * taken;
      shares[plan]! -= moving;
      shares[plan + 1]! += moving;
    }
    return upgrades;
  }

  /** Bill of month 0 over all outcomes: the start of the bridge is a property of the account, not of a draw. */
  private expectedStartBill(): number {
    const { shares } = this.start;
    const { bills, first, step } = this.billed;
    let expected = 0;
    for (let plan = 0; plan < shares.length; plan++) expected += shares[plan]! * bills.total[first + plan * step]!;
    return expected;
  }

  /** Revenue, customers and plans of month t. */
  private addMonth(account: WalkedAccount, t: number, { weights }: Decisions): void {
    const { sums, plans, notice, tariff } = this;
    const { pre, horizon, days } = this.population;
    const { bills, first, step } = this.billed;
    const ownFirst = account.bills.at(account.row, pre + t, 0);
    let [revenue, overage, accounts, forgone] = [0, 0, 0, 0];
    for (let plan = 0; plan < plans; plan++) {
      const weight = weights[plan * 2]! + weights[plan * 2 + 1]! + notice[plan * 2]! + notice[plan * 2 + 1]!;
      const at = first + plan * step;
      if (t === 0 && tariff.isAnnual[plan]) {
        sums.annual += weight;
        sums.prepaid += weight * tariff.terms[plan]![pre]!.fee * (MONTHS_A_YEAR - 1);
      }
      revenue += weight * bills.total[at]!;
      overage += weight * bills.overage[at]!;
      accounts += weight;
      if (step === 0) forgone += weight * (account.bills.total[ownFirst + plan]! - bills.total[at]!);
      if (t === 0) sums.startByPlan[plan]! += weight;
      if (t === horizon) sums.endByPlan[plan]! += weight;
    }
    sums.revenueByMonth[t] = t === 0 ? this.expectedStartBill() : revenue;
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
    const { sums, reaction, reactions, invoice, outlook, impression, scale, isPrompted, tariff, notice } = this;
    const { pre, horizon } = this.population;
    const { weights } = decisions;
    const month = pre + t;
    const requests = outlook.requests[t]!;
    const computeSeconds = outlook.computeSecondsAt(month);
    const { bills, first, step } = this.billed;
    const spared = sparedAt(account, t);
    scale.multiplier = outlook.multipliers[t]!;
    scale.migration = outlook.migrations[t]!;
    for (let cell = 0; cell < weights.length; cell++) {
      const undecided = weights[cell]!;
      const weight = undecided + notice[cell]!;
      if (weight === 0) continue;
      const plan = cell >> 1;
      const at = first + plan * step;
      this.recall(outlook.at(t, plan), (cell & 1) === 1);
      invoice.terms = (spared?.terms ?? tariff.terms[plan]!)[month]!;
      invoice.throttling = bills.throttling[at]!;
      invoice.isPrompted = isPrompted[plan]!;
      reactions.respond(impression, invoice, scale, reaction);
      decisions.settle(reaction);
      const served = bills.served[at]!;
      sums.disputesByMonth[t]! += weight * reaction.dispute;
      sums.ticketsByMonth[t]! += weight * reaction.tickets;
      sums.computeSecondsByMonth[t]! += requests > 0 ? weight * computeSeconds * (served / requests) : 0;
      sums.requestsByMonth[t]! += weight * served;
      sums.gigabytesByMonth[t]! += weight * bills.gigabytes[at]!;
      if (t === horizon) continue;
      const leaving = undecided * reaction.churn;
      sums.surprise += weight * reaction.surprise;
      sums.unpredictability += weight * reaction.unpredictability;
      sums.valueGap += weight * reaction.valueGap;
      sums.throttling += weight * invoice.throttling;
      observe?.(bills.total[at]!, weight);
      weights[cell] = undecided - leaving;
      const perHazard = reaction.hazard > 0 ? leaving / reaction.hazard : 0;
      if (tariff.isAnnual[plan]) {
        notice[cell]! += leaving;
        addCauses(this.noticeByCause, reaction.hazards, perHazard);
      } else {
        sums.churned += leaving;
        addCauses(sums.churnedByCause, reaction.hazards, perHazard);
      }
    }
  }

  /** Whoever has given notice leaves with the last month of the year. */
  private endYear(): void {
    const { sums, notice, noticeByCause } = this;
    for (const leaving of notice) sums.churned += leaving;
    addCauses(sums.churnedByCause, noticeByCause, 1);
    notice.fill(0);
    noticeByCause.values.fill(0);
  }

  /** Reads an impression; those of customers with packs are other ones. */
  private recall(at: number, holdsPacks: boolean): void {
    const { outlook, impression } = this;
    impression.surprise = holdsPacks ? outlook.packedSurprises[at]! : outlook.surprises[at]!;
    impression.unpredictability = holdsPacks ? outlook.packedUnpredictabilities[at]! : outlook.unpredictabilities[at]!;
    impression.valueGap = outlook.valueGaps[at]!;
    impression.foreseeable = outlook.foreseeable[at]!;
  }

  private adoptPacks({ bills, row }: WalkedAccount, month: number, decisions: Decisions, adoption: number): void {
    if (adoption === 0) return;
    const first = bills.at(row, month, 0);
    for (let plan = 0; plan < this.plans; plan++)
      if (bills.overage[first + plan]! > 0) decisions.adoptPacks(plan, adoption);
  }

  private switchPlans(t: number, decisions: Decisions): void {
    const { outlook, plans } = this;
    if (plans < 2) return;
    this.sums.upgrades += decisions.switchPlans(outlook.leanings, outlook.at(t, 0), this.behaviour.slowSwitching);
  }

  /** The bridge from the bill of month 0 to the bills of the last month. */
  private closeBridge(account: WalkedAccount, weights: Float64Array): void {
    const { sums } = this;
    const startBill = sums.startRevenue;
    const { pre, horizon } = this.population;
    this.billed.find(account, pre, pre + horizon);
    const { bills, first, step } = this.billed;
    for (let cell = 0; cell < weights.length; cell++) {
      const weight = weights[cell]! + this.notice[cell]!;
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
