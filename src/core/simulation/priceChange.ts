/**
 * What another price list does to an account: how much dearer it becomes, how its use reacts, and whether it is spared.
 *
 * The list in force is the baseline's. Mean bills are compared before month 0, the month of the switch, each on the plan that is
 * likeliest under its list; not the bills that customers reckon with, which a posted fee pulls down under one list and no fee
 * under the other. Use reacts to the mean bill of the months before month 0 on the cheapest plan
 * (customers react to the average price: Ito, American Economic Review 104(2), 2014, 537–563).
 */
import { type PlanTerms, Reactions } from './behaviour.ts';
import { Bills, type Rater, raterOf, type Tariff } from './billing.ts';
import { DEMAND_MATERIALITY } from './defaults.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import { NO_POLICIES, type Policies } from './scenario.ts';
import { type AccountBills, Standing } from './standing.ts';

/** The account under the list in force, while it keeps it. */
export type Spared = AccountBills & {
  /** Months from month 0 on in which the list in force is billed. */
  readonly months: number;
  /** The plan that is likeliest under the list in force. */
  readonly plan: number;
  /** Its terms, by month of the population. */
  readonly terms: readonly PlanTerms[];
};

export type AccountChange = {
  /** D: log ratio of the mean bills under the new list and the one in force. */
  readonly rise: number;
  readonly spared: Spared | undefined;
};

/** One account's usage, by month and meter; its months begin at 0. */
export type AccountUsage = Pick<Population, 'quantities' | 'peakDays'>;

/** True if a run under another list than the one in force differs from a run without one. */
export function reactsToChange(behaviour: Behaviour, { grandfather }: Policies): boolean {
  const { priceReaction, migrationShock, demandReaction, allowancePull } = behaviour;
  const reactions = [priceReaction, migrationShock, demandReaction, allowancePull];
  return reactions.some((reaction) => reaction !== 0) || grandfather !== undefined;
}

/** D from the mean bills under the new list and the one in force; amounts below `materiality` hardly count. */
export function riseOf(bill: number, inForce: number, { materiality: m }: Pick<Behaviour, 'materiality'>): number {
  return Math.log((bill + m) / (inForce + m));
}

/** Mean bills of an account under the new list and the one in force, for the same usage. */
export type MeanBills = {
  readonly bill: number;
  readonly inForce: number;
  /** The plan of `bill` has an allowance, and usage does not reach it. */
  readonly isBelowAllowance: boolean;
};

/** f: the factor of usage under the new list. */
export function usageFactor(
  { bill, inForce, isBelowAllowance }: MeanBills,
  { demandReaction, allowancePull }: Pick<Behaviour, 'demandReaction' | 'allowancePull'>,
): number {
  const factor = ((bill + DEMAND_MATERIALITY) / (inForce + DEMAND_MATERIALITY)) ** -demandReaction;
  return isBelowAllowance ? Math.max(factor, 1) * (1 + allowancePull) : factor;
}

export type ChangeInput = { readonly tariff: Tariff; readonly inForce: Tariff; readonly behaviour: Behaviour };

/** A change from the list in force to another one, for one account after the other. */
export class PriceChange {
  private readonly input: ChangeInput;
  private readonly population: Population;
  private readonly reactions: Reactions;
  private readonly standing: Standing;
  private readonly standingInForce: Standing;
  private readonly moved: MovedUsage;

  constructor(input: ChangeInput, population: Population) {
    this.input = input;
    this.population = population;
    this.reactions = new Reactions(input.behaviour, NO_POLICIES);
    this.standing = new Standing(input.tariff.terms.length);
    this.standingInForce = new Standing(input.inForce.terms.length);
    this.moved = new MovedUsage(input.tariff, population);
  }

  /** The account at index `index`; `own` and `old` are its bills under the new list and the one in force, on unchanged usage. */
  apply(
    index: number,
    own: AccountBills,
    old: AccountBills,
    policies: Policies,
  ): { readonly change: AccountChange; readonly usage: AccountUsage | undefined; readonly billed: AccountBills } {
    const { inForce, behaviour } = this.input;
    const { grandfather } = policies;
    const factor = this.usageFactorOf(index, own, old);
    const reacting = factor === 1 ? own : this.moved.scale(index, factor, 0);
    const before = this.meanBill(this.standingInForce, old);
    const rise = riseOf(this.meanBill(this.standing, reacting), before, behaviour);
    const isSpared = grandfather !== undefined && rise > Math.log(1 + grandfather.above);
    const plan = this.standingInForce.likeliestPlan();
    const spared = isSpared ? { ...old, months: grandfather.months, plan, terms: inForce.terms[plan]! } : undefined;
    const change = { rise, spared };
    if (factor === 1) return { change, usage: undefined, billed: own };
    // Whoever is spared uses what it used under the list in force, until it is spared no more.
    const billed = spared ? this.moved.scale(index, factor, this.population.pre + spared.months) : reacting;
    return { change, usage: this.moved.usage, billed };
  }

  /** Moving average, before month 0, of the bills of the likeliest plan. */
  private meanBill(standing: Standing, account: AccountBills): number {
    standing.learnBefore(account, this.population.pre, this.input.behaviour.billMemory);
    standing.climb(this.reactions);
    return standing.averages[standing.likeliestPlan()]!.bill;
  }

  private usageFactorOf(index: number, own: AccountBills, old: AccountBills): number {
    const { tariff, inForce, behaviour } = this.input;
    if (behaviour.demandReaction === 0 && behaviour.allowancePull === 0) return 1;
    const { pre, days, meters, quantities, requests } = this.population;
    const [cheapest, bill] = cheapestPlan(own, pre, tariff.terms.length);
    const [, before] = cheapestPlan(old, pre, inForce.terms.length);
    let used = 0;
    for (let month = 0; month < pre; month++)
      used += quantities[(index * days.length + month) * meters.length + requests]! / pre;
    const isBelowAllowance = used < tariff.terms[cheapest]![pre]!.includedRequests;
    return usageFactor({ bill, inForce: before, isBelowAllowance }, behaviour);
  }
}

/** The plan whose mean bill of the months before month 0 is lowest, and that mean. */
function cheapestPlan({ bills, row }: AccountBills, pre: number, plans: number): [plan: number, bill: number] {
  let [cheapest, least] = [0, Number.POSITIVE_INFINITY];
  for (let plan = 0; plan < plans; plan++) {
    let mean = 0;
    for (let month = 0; month < pre; month++) mean += bills.total[bills.at(row, month, plan)]! / pre;
    if (mean < least) [cheapest, least] = [plan, mean];
  }
  return [cheapest, least];
}

/** Usage of an account times a factor, and its bills: every meter in whole units but compute, and the busiest day with them. */
class MovedUsage {
  readonly usage: AccountUsage;
  private readonly tariff: Tariff;
  private readonly population: Population;
  private readonly bills: Bills;
  private readonly rate: Rater;

  constructor(tariff: Tariff, population: Population) {
    const { length } = population.days;
    this.tariff = tariff;
    this.population = population;
    this.usage = {
      quantities: new Float64Array(length * population.meters.length),
      peakDays: new Float64Array(length),
    };
    this.bills = new Bills({ accounts: 1, months: length, plans: tariff.terms.length });
    this.rate = raterOf(population, tariff.minorUnits);
  }

  /** Writes `usage`, multiplied from month `from` on, and returns its bills; both are overwritten by the next call. */
  scale(index: number, factor: number, from: number): AccountBills {
    const { population, usage, bills, tariff } = this;
    const { days, meters, compute } = population;
    const first = index * days.length;
    let at = 0;
    for (let month = 0; month < days.length; month++) {
      const times = month < from ? 1 : factor;
      usage.peakDays[month] = population.peakDays[first + month]! * times;
      for (let m = 0; m < meters.length; m++) {
        const quantity = population.quantities[(first + month) * meters.length + m]! * times;
        usage.quantities[month * meters.length + m] = m === compute || times === 1 ? quantity : Math.round(quantity);
      }
      const { quantities, exact } = population;
      const billed =
        times === 1
          ? { quantities, exact, offset: (first + month) * meters.length }
          : { quantities: usage.quantities, offset: month * meters.length };
      for (const billers of tariff.billers) this.rate(billers[month]!, billed, bills, at++);
    }
    return { bills, row: 0 };
  }
}
