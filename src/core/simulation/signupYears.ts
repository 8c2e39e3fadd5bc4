/**
 * What sign-ups do in drawn years: how many of them ever pay, and what one is worth.
 *
 * A draw takes sign-ups as it takes customers, as many copies of each as a Poisson variable of mean 1 says, and every copy pays or does
 * not. What those who pay bring is one drawn year of the customers who stand for them, as if they had just come.
 */
import type { Arm } from './arms.ts';
import type { Tariff } from './billing.ts';
import type { Signup } from './conversion.ts';
import { Conversions } from './conversions.ts';
import type { DonorSearch } from './donors.ts';
import { drawWeights } from './ongoingRun.ts';
import type { Parameters } from './parameters.ts';
import type { Population } from './population.ts';
import { poissonOne, RandomStream } from './random.ts';
import { simulateCollecting } from './run.ts';
import { type DrawnSignups, donorSearchOf, SignupWorth, type Worth } from './signupWorth.ts';
import type { SimulationInput } from './simulationInput.ts';

/** The parameters of each year, and the key of all its draws. */
export type Years = {
  readonly drawn: readonly Parameters[];
  readonly seed: number;
  /** By scenario. */
  readonly tariffs: readonly Tariff[];
};

export type SignupYear = {
  /** Share of the sign-ups that ever pay. */
  readonly conversion: number;
  readonly worth: Worth;
};

/** Numbers about customers that are held at a time: 64 MB. */
const MOST_NUMBERS = 8_000_000;

/** By scenario and year; undefined without sign-ups. */
export async function signupYearsOf(input: SimulationInput, years: Years): Promise<SignupYear[][] | undefined> {
  const { population, scenarios, signups, progress } = input;
  const { drawn } = years;
  if (!signups) return undefined;
  const shared = { signups, conversions: new Conversions(input, years.tariffs), search: donorSearchOf(population) };
  const found = scenarios.map((): SignupYear[] => []);
  const atOnce = Math.max(1, Math.floor(MOST_NUMBERS / (2 * scenarios.length * population.accounts.length)));
  for (let first = 0; first < drawn.length; first += atOnce) {
    const to = Math.min(first + atOnce, drawn.length);
    const part = {
      ...input,
      progress: async (done: number) => progress?.((first + done * (to - first)) / drawn.length),
    };
    for (const [s, own] of (await yearsFrom(part, years, { first, to }, shared)).entries()) found[s]!.push(...own);
  }
  return found;
}

type Shared = {
  readonly signups: readonly Signup[];
  readonly conversions: Conversions;
  readonly search: DonorSearch;
};

/** The years from `first` to before `to`, by scenario. */
async function yearsFrom(
  input: SimulationInput,
  { drawn, seed, tariffs }: Years,
  { first, to }: { readonly first: number; readonly to: number },
  { signups, conversions, search }: Shared,
): Promise<SignupYear[][]> {
  const { population, scenarios, progress, crew } = input;
  const bootstrap = { replicates: drawn.length, seed };
  const years = drawn.slice(first, to).map((parameters, i) => {
    const worth = new SignupWorth({ population, signups, parameters, bootstrap, search });
    return { parameters, worth, year: first + i };
  });
  const arms = scenarios.flatMap(({ policies, freeTier }, scenario) =>
    years.map((year, i): Arm & Pick<typeof year, 'parameters' | 'worth' | 'year'> => {
      return { ...year, scenario, policies, freeTier, run: scenario * years.length + i, newcomers: undefined };
    }),
  );
  const runs = arms.map(({ scenario, policies, parameters: { behaviour }, worth: { newcomers }, year }) => {
    return { tariff: tariffs[scenario]!, policies, behaviour, newcomers, year };
  });
  const { collected } = await simulateCollecting(
    population,
    runs,
    { engine: { kind: 'ev' }, bootstrap, progress, crew },
    {
      minorUnits: [],
      newcomers: arms.map(({ run, parameters: { costs }, policies }) => ({ run, costs, policies: [policies] })),
    },
  );
  const customers = customersOf(population, years, bootstrap);
  const found = scenarios.map((): SignupYear[] => []);
  for (const arm of arms) {
    const { scenario, parameters, worth, year, run } = arm;
    const drawing = drawSignups(conversions.probabilitiesWith(scenario, parameters.behaviour), seed, year);
    worth.take(arm, collected.gains[run]![0]!);
    found[scenario]!.push({
      conversion: meanOf(drawing),
      worth: worth.drawn(arm, drawing, customers[year - first]!),
    });
  }
  return found;
}

/** By year, how often each account that stands for sign-ups was drawn; as often as it was for the customers who are there. */
function customersOf(
  { accounts }: Population,
  years: readonly { readonly year: number; readonly worth: SignupWorth }[],
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): Uint8Array[] {
  const customers = years.map(() => new Uint8Array(accounts.length));
  const weights = new Uint8Array(replicates);
  for (const [a, account] of accounts.entries()) {
    if (years.every(({ worth }) => worth.newcomers[a] === 0)) continue;
    drawWeights(weights, seed, account);
    for (const [i, { year }] of years.entries()) customers[i]![a] = weights[year]!;
  }
  return customers;
}

/** The sign-ups of one year: how many there are of each, and what share of them ever pay. */
function drawSignups(probabilities: Float64Array, seed: number, year: number): DrawnSignups {
  const random = new RandomStream(seed, 'conversions', year);
  const copies = new Uint8Array(probabilities.length);
  const paying = new Float64Array(probabilities.length);
  for (const [s, probability] of probabilities.entries()) {
    copies[s] = poissonOne(random.next32());
    let paid = 0;
    for (let copy = 0; copy < copies[s]!; copy++) if (random.next() < probability) paid++;
    paying[s] = paid / Math.max(1, copies[s]!);
  }
  return { copies, paying };
}

function meanOf({ copies, paying }: DrawnSignups): number {
  let [paid, count] = [0, 0];
  for (const [s, share] of paying.entries()) {
    paid += copies[s]! * share;
    count += copies[s]!;
  }
  return paid / count;
}
