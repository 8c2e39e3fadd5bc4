/**
 * What a sign-up is worth: P·G − (1 − P)·F. P is the probability that it ever pays, G the gross profit of the accounts whose month 0 is
 * most like its usage in production, walked over as if they had just come, and F what its time on the free tier costs.
 */
import type { Steps } from '../pauses.ts';
import type { Arm } from './arms.ts';
import type { Gains } from './collect.ts';
import type { Signup } from './conversion.ts';
import { COMPUTE_SECONDS_PER_REQUEST } from './defaults.ts';
import { DonorSearch } from './donors.ts';
import { drawWeights } from './ongoingRun.ts';
import { costOf } from './outcomes.ts';
import type { Costs, Parameters } from './parameters.ts';
import type { Population } from './population.ts';
import { poissonOne, RandomStream } from './random.ts';

type WorthInput = {
  readonly population: Population;
  readonly signups: readonly Signup[];
  readonly parameters: Parameters;
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** Of the population; absent: made here. */
  readonly search?: DonorSearch | undefined;
};

/** Sign-ups as they were drawn, by sign-up: how many there are of each, and what share of them ever pay. */
export type DrawnSignups = { readonly copies: Uint8Array; readonly paying: Float64Array };

/** Money of one sign-up, and of one sign-up in every month. */
export type Worth = {
  /** A sign-up of month 0, over all months. */
  readonly each: number;
  /** One sign-up in every month, until the last: the first has all months, the last one has one. */
  readonly monthly: number;
};

/** By sign-up: what it costs to stay on the free tier, in the months of {@link Worth}. */
type FreeCosts = { readonly each: Float64Array; readonly monthly: Float64Array };

export class SignupWorth {
  /** By account, 1 if it stands for some sign-up. */
  readonly newcomers: Uint8Array;
  private readonly input: WorthInput;
  private readonly donors: readonly (readonly number[])[];
  private readonly isFar: readonly boolean[];
  private readonly gains = new Map<Arm, Gains & { readonly free: FreeCosts }>();
  private resampled: Resamples | undefined;

  constructor(input: WorthInput) {
    const { population, signups, parameters, search = donorSearchOf(population) } = input;
    const usage = signups.map(({ attemptedRequests }) => parameters.behaviour.productionRamp * attemptedRequests);
    this.input = input;
    this.donors = usage.map((one) => search.nearest(one));
    this.isFar = usage.map((one, s) => search.isFar(one, this.donors[s]![0]!));
    this.newcomers = new Uint8Array(population.accounts.length);
    for (const donors of this.donors) for (const donor of donors) this.newcomers[donor] = 1;
  }

  /** Takes what the accounts that stand for sign-ups bring under an arm. */
  take(arm: Arm, gains: Gains): void {
    this.gains.set(arm, { ...gains, free: this.freeCostsOf(arm) });
  }

  /** `paying`: probability that each sign-up ever pays. */
  worth(arm: Arm, paying: Float64Array): Worth {
    const all = new Uint8Array(this.newcomers.length).fill(1);
    return this.meanWorth(arm, paying, all, () => 1);
  }

  /** Of drawn sign-ups; `customers`: how often each account was drawn. */
  drawn(arm: Arm, { copies, paying }: DrawnSignups, customers: Uint8Array): Worth {
    return this.meanWorth(arm, paying, customers, (s) => copies[s]!);
  }

  /** Over resamples of the customers and of the sign-ups, the same ones for every arm; step by step. */
  *replicates(arm: Arm, paying: Float64Array): Steps<Worth[]> {
    const { accounts, signups } = this.resamples();
    const worths: Worth[] = [];
    for (const [b, weights] of accounts.entries()) {
      worths.push(this.meanWorth(arm, paying, weights, (s) => signups[s]![b]!));
      yield 0;
    }
    return worths;
  }

  /** Share of the sign-ups that ever pay, by resample of them. */
  conversions(paying: Float64Array): number[] {
    const { signups } = this.resamples();
    return Array.from({ length: this.input.bootstrap.replicates }, (_, b) => {
      let [sum, count] = [0, 0];
      for (const [s, weights] of signups.entries()) {
        sum += weights[b]! * paying[s]!;
        count += weights[b]!;
      }
      return sum / count;
    });
  }

  /** How often each resample drew each account that stands for sign-ups, by resample, and each sign-up, by sign-up. */
  private resamples(): Resamples {
    this.resampled ??= drawResamples(this.input, this.newcomers);
    return this.resampled;
  }

  /** Share of those who pay that no account is like. */
  farShare(paying: Float64Array): number {
    let [far, all] = [0, 0];
    for (const [s, probability] of paying.entries()) {
      all += probability;
      if (this.isFar[s]) far += probability;
    }
    return all > 0 ? far / all : 0;
  }

  private freeCostsOf(arm: Arm): FreeCosts {
    const { signups, population, parameters } = this.input;
    const { horizon } = population;
    const { costs } = parameters;
    const monthly = Array.from({ length: horizon }, (_, t) => freeMonths(costs, t + 1));
    const allMonths = monthly.reduce((sum, months) => sum + months, 0);
    const aMonth = Float64Array.from(signups, (signup) => freeMonthCost(signup, arm, costs));
    return {
      each: Float64Array.from(signups, (signup) => freeTierCost(signup, arm, costs, horizon)),
      monthly: aMonth.map((cost) => cost * allMonths),
    };
  }

  private meanWorth(
    arm: Arm,
    paying: Float64Array,
    accountWeights: Uint8Array,
    signupWeight: (signup: number) => number,
  ): Worth {
    const { each: gainEach, monthly: gainMonthly, free } = this.gains.get(arm)!;
    let [each, monthly, count] = [0, 0, 0];
    for (const [s, donors] of this.donors.entries()) {
      const weight = signupWeight(s);
      if (weight === 0) continue;
      let [sumEach, sumMonthly, drawn] = [0, 0, 0];
      for (const donor of donors) {
        const times = accountWeights[donor]!;
        sumEach += times * gainEach[donor]!;
        sumMonthly += times * gainMonthly[donor]!;
        drawn += times;
      }
      if (drawn === 0) continue; // none of those who stand for it were drawn
      const stays = 1 - paying[s]!;
      each += weight * (paying[s]! * (sumEach / drawn) - stays * free.each[s]!);
      monthly += weight * (paying[s]! * (sumMonthly / drawn) - stays * free.monthly[s]!);
      count += weight;
    }
    return { each: each / count, monthly: monthly / count };
  }
}

/** Searches the accounts of a population by their requests in month 0. */
export function donorSearchOf({ accounts, quantities, meters, requests, periods, pre }: Population): DonorSearch {
  const size = (account: number) => quantities[(account * periods.length + pre) * meters.length + requests]!;
  return new DonorSearch(Float64Array.from(accounts, (_, account) => size(account)));
}

type Resamples = { readonly accounts: readonly Uint8Array[]; readonly signups: readonly Uint8Array[] };

function drawResamples({ population, signups, bootstrap }: WorthInput, newcomers: Uint8Array): Resamples {
  const { replicates, seed } = bootstrap;
  const accounts = Array.from({ length: replicates }, () => new Uint8Array(newcomers.length));
  const drawn = new Uint8Array(replicates);
  for (const [a, account] of population.accounts.entries()) {
    if (newcomers[a] === 0) continue;
    drawWeights(drawn, seed, account);
    for (const [b, weights] of accounts.entries()) weights[a] = drawn[b]!;
  }
  const bySignup = signups.map(({ id }) => {
    const random = new RandomStream(seed, 'signups', id);
    return Uint8Array.from({ length: replicates }, () => poissonOne(random.next32()));
  });
  return { accounts, signups: bySignup };
}

/** Months on the free tier of a sign-up who never pays, of its first `months` ones. */
function freeMonths(costs: Costs, months: number): number {
  return Math.min(costs.freeMonths, months);
}

/** Cost of a month of a sign-up on the free tier: what is served, and the account. */
function freeMonthCost(
  { attemptedRequests, egressBytesPerRequest }: Signup,
  { policies, freeTier }: Pick<Arm, 'policies' | 'freeTier'>,
  costs: Costs,
): number {
  if (freeTier.requests === 0) return 0;
  const requests = Math.min(attemptedRequests, freeTier.requests);
  return costOf(
    {
      accountMonths: 1,
      computeSeconds: COMPUTE_SECONDS_PER_REQUEST * requests,
      requests,
      gigabytes: (requests * egressBytesPerRequest) / 1e9,
      tickets: 0,
      disputes: 0,
    },
    costs,
    policies,
  ).total;
}

/** Cost of a sign-up that stays on the free tier, in its first `months` months. */
export function freeTierCost(
  signup: Signup,
  terms: Pick<Arm, 'policies' | 'freeTier'>,
  costs: Costs,
  months: number,
): number {
  return freeMonthCost(signup, terms, costs) * freeMonths(costs, months);
}
