/**
 * An account's months as its customers meet them under one tariff and behaviour, whatever the policies and whatever is decided.
 *
 * Nothing here depends on the path of a customer: runs that differ by their policies, and all replicates of a run, walk over the same
 * outlook, and what is costly in the equations is done once.
 */
import {
  BillAverages,
  type CustomerMonth,
  type Impression,
  type InvoiceMet,
  NO_PRESSURE,
  type PricePressure,
  Reactions,
} from './behaviour.ts';
import { NO_BILLS, type Tariff } from './billing.ts';
import { logistic } from './curves.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import type { AccountUsage } from './priceChange.ts';
import { NO_POLICIES } from './scenario.ts';
import { learnSpared, learnSparedBefore, MonthBills, sparedAt } from './spared.ts';
import { Standing } from './standing.ts';
import type { WalkedAccount } from './walkedAccount.ts';

export type OutlookInput = {
  readonly tariff: Tariff;
  readonly behaviour: Behaviour;
  /** Some run over the outlook has credit packs. */
  readonly packs: boolean;
  /** Some run over the outlook shows upgrades to those who are alerted. */
  readonly prompts: boolean;
};

export class Outlook {
  /** The account that was looked at last. */
  account: WalkedAccount | undefined;
  /** By month from 0 to the last. */
  readonly requests: Float64Array;
  readonly multipliers: Float64Array;
  readonly migrations: Float64Array;
  /** By month and plan, see {@link at}: the impression of the invoice on customers without packs. */
  readonly surprises: Float64Array;
  readonly unpredictabilities: Float64Array;
  readonly valueGaps: Float64Array;
  readonly foreseeable: Float64Array;
  /** The impression on customers with packs, where packs differ; elsewhere not written. */
  readonly packedSurprises: Float64Array;
  readonly packedUnpredictabilities: Float64Array;
  /** By month and plan: an upgrade can be shown (0 where no run shows any), the probability that it is taken, and how surely the next plan is preferred. */
  readonly isNearLimit: Uint8Array;
  readonly taken: Float64Array;
  readonly leanings: Float64Array;
  /** By plan, before month 0; they add up to 1. */
  readonly shares: Float64Array;
  private readonly input: OutlookInput;
  private readonly population: Population;
  private readonly reactions: Reactions;
  private readonly standing: Standing;
  private readonly plans: number;
  private readonly customer: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };
  private readonly invoice: InvoiceMet;
  private readonly impression: Impression = { surprise: 0, unpredictability: 0, valueGap: 0, foreseeable: 0 };
  private readonly billed = new MonthBills(NO_BILLS);
  /** Averages of the bills under the list in force, of an account that keeps it for a while. */
  private readonly sparedAverages = new BillAverages();
  /** Usage of the account, and the position of its first month in it. */
  private usage: AccountUsage;
  private firstMonth = 0;

  constructor(input: OutlookInput, population: Population) {
    const { tariff, behaviour } = input;
    this.input = input;
    this.population = population;
    this.reactions = new Reactions(behaviour, NO_POLICIES);
    this.plans = tariff.terms.length;
    this.standing = new Standing(this.plans);
    this.shares = this.standing.shares;
    this.usage = population;
    const [terms, averages] = [tariff.terms[0]![0]!, this.standing.averages[0]!];
    this.invoice = { terms, averages, bill: 0, throttling: 0, holdsPacks: false, isPrompted: false };
    const months = population.horizon + 1;
    const byMonth = () => new Float64Array(months);
    const byPlan = () => new Float64Array(months * this.plans);
    [this.requests, this.multipliers, this.migrations] = [byMonth(), byMonth(), byMonth()];
    [this.surprises, this.unpredictabilities, this.valueGaps, this.foreseeable] = [
      byPlan(),
      byPlan(),
      byPlan(),
      byPlan(),
    ];
    [this.packedSurprises, this.packedUnpredictabilities] = [byPlan(), byPlan()];
    [this.taken, this.leanings] = [byPlan(), byPlan()];
    this.isNearLimit = new Uint8Array(months * this.plans);
  }

  /** Position of a plan in month t; the following plans come right after it. */
  at(t: number, plan: number): number {
    return t * this.plans + plan;
  }

  /** Looks at an account: everything above is its. */
  look(account: WalkedAccount): void {
    const { population, reactions, customer, standing, plans } = this;
    const { pre, horizon } = population;
    this.account = account;
    this.usage = account.usage ?? population;
    this.firstMonth = account.usage ? 0 : account.index * population.days.length;
    this.learnBefore(account);
    standing.climb(reactions);
    for (let t = 0; t <= horizon; t++) {
      const month = pre + t;
      customer.requests = this.requestsAt(month);
      customer.peakDayRequests = this.usage.peakDays[this.firstMonth + month]!;
      customer.tenure = account.tenure + t;
      reactions.begin(customer, this.pressureAt(account, t));
      this.requests[t] = customer.requests;
      this.multipliers[t] = reactions.multiplier;
      this.migrations[t] = reactions.migration;
      const isSpared = sparedAt(account, t) !== undefined;
      if (this.input.prompts && !isSpared) this.offerUpgrades(account, t);
      this.meetInvoices(account, t);
      if (t === horizon) return;
      this.learn(account, month);
      for (let plan = 0; !isSpared && plan + 1 < plans; plan++)
        this.leanings[this.at(t, plan)] = logistic(
          reactions.advantageOfNext(standing.averages[plan]!, standing.averages[plan + 1]!),
        );
    }
  }

  /** Requests in a month of the population. */
  requestsAt(month: number): number {
    const { meters, requests } = this.population;
    return this.usage.quantities[(this.firstMonth + month) * meters.length + requests]!;
  }

  /** Seconds of compute in a month of the population. */
  computeSecondsAt(month: number): number {
    const { meters, compute } = this.population;
    return this.usage.quantities[(this.firstMonth + month) * meters.length + compute]!;
  }

  /** The pressure of the price change in month t: from the month on in which the new list is billed first. */
  private pressureAt({ change }: WalkedAccount, t: number): Readonly<PricePressure> {
    return change ? this.reactions.pressureOf(change.rise, t - (change.spared?.months ?? 0)) : NO_PRESSURE;
  }

  /** Forms averages over the months before month 0. */
  private learnBefore(account: WalkedAccount): void {
    const { customer, population, standing } = this;
    const { billMemory } = this.input.behaviour;
    const spared = account.change?.spared;
    standing.learnBefore(account, population.pre, billMemory);
    customer.expectedRequests = this.requestsAt(0);
    for (let month = 1; month < population.pre; month++) this.learnUsage(this.requestsAt(month));
    if (spared) learnSparedBefore(spared, this.sparedAverages, population.pre, billMemory);
  }

  /** Moves the averages of every plan, and of usage, towards a month. */
  private learn(account: WalkedAccount, month: number): void {
    const { billMemory } = this.input.behaviour;
    const spared = account.change?.spared;
    this.standing.learn(account, month, billMemory);
    this.learnUsage(this.customer.requests);
    if (spared) learnSpared(spared, this.sparedAverages, month, billMemory);
  }

  private learnUsage(requests: number): void {
    const { customer } = this;
    customer.expectedRequests += this.input.behaviour.billMemory * (requests - customer.expectedRequests);
  }

  /** Who is near the limit of a plan, and how likely an upgrade that is shown then is taken. */
  private offerUpgrades({ bills, row }: WalkedAccount, t: number): void {
    const { reactions, plans, isNearLimit, taken } = this;
    const { averages } = this.standing;
    const { terms } = this.input.tariff;
    const month = this.population.pre + t;
    for (let plan = 0; plan + 1 < plans; plan++) {
      const own = terms[plan]![month]!;
      const here = this.at(t, plan);
      isNearLimit[here] = reactions.isNearLimit(own) ? 1 : 0;
      if (isNearLimit[here] === 0) continue;
      const at = bills.at(row, month, plan);
      taken[here] = reactions.takesUpgrade({
        terms: own,
        own: averages[plan]!,
        ownBill: bills.total[at]!,
        next: averages[plan + 1]!,
        nextBill: bills.total[at + 1]!,
      });
    }
  }

  /** The invoice of month t on every plan. */
  private meetInvoices(account: WalkedAccount, t: number): void {
    const { invoice, impression, reactions, plans } = this;
    const { averages } = this.standing;
    const { tariff, packs } = this.input;
    const month = this.population.pre + t;
    this.billed.find(account, this.population.pre, month);
    const { bills, first, step } = this.billed;
    const spared = sparedAt(account, t);
    for (let plan = 0; plan < plans; plan++) {
      const at = this.at(t, plan);
      invoice.terms = (spared?.terms ?? tariff.terms[plan]!)[month]!;
      invoice.averages = spared ? this.sparedAverages : averages[plan]!;
      invoice.bill = bills.total[first + plan * step]!;
      invoice.holdsPacks = false;
      reactions.impress(invoice, impression);
      this.surprises[at] = impression.surprise;
      this.unpredictabilities[at] = impression.unpredictability;
      this.valueGaps[at] = impression.valueGap;
      this.foreseeable[at] = impression.foreseeable;
      if (!packs) continue;
      invoice.holdsPacks = true;
      reactions.surprise(invoice, impression);
      this.packedSurprises[at] = impression.surprise;
      this.packedUnpredictabilities[at] = impression.unpredictability;
    }
  }
}
