/** The customers of the sample: a few large, many small, each with routes and regions of its own. */
import { REGIONS, ROUTES } from './edge.ts';
import {
  nextBelow,
  nextFraction,
  type RandomState,
  randomState,
  shuffled,
  type WeightedIndex,
  weightedIndex,
} from './random.ts';

/** Places per customer among which a row's route, and likewise its region, is drawn evenly: a share is so many of them. */
export const SLOTS = 16;

/** About 80 bytes per customer; arrays are by customer, numbered from 0. */
export type Customers = {
  readonly count: number;
  /** Requests aimed at in the first month. */
  readonly monthlyRequests: Float64Array;
  /** Requests of a month ÷ requests of the month before. */
  readonly growth: Float64Array;
  /** Share in the rows: the square root of the requests, so that a large customer has both more rows and fuller ones. */
  readonly rowWeight: Float64Array;
  readonly totalRowWeight: number;
  readonly byRowWeight: WeightedIndex;
  /** For each customer `SLOTS` route numbers, then `SLOTS` region numbers. */
  readonly places: Uint8Array;
  /** Bytes and compute time per request, relative to the route's. */
  readonly bytesFactor: Float64Array;
  readonly computeFactor: Float64Array;
};

/** Makes customers. They depend on `count` and `seed` alone. */
export function makeCustomers(count: number, seed: number): Customers {
  const random = randomState(seed, 1);
  const rank = shuffled(random, count);
  const monthlyRequests = new Float64Array(count);
  const growth = new Float64Array(count);
  const rowWeight = new Float64Array(count);
  const places = new Uint8Array(count * 2 * SLOTS);
  const bytesFactor = new Float64Array(count);
  const computeFactor = new Float64Array(count);
  const popularRoutes = byPopularity(ROUTES);
  const popularRegions = byPopularity(REGIONS);
  let totalRowWeight = 0;

  for (let i = 0; i < count; i++) {
    // Evenly spread ranks, not independent draws: 200 customers then cover the tiers' limits with every seed. Only the
    // middle half of a rank's share is used, which keeps the largest customer away from the tail's infinite end.
    monthlyRequests[i] = requestsAt((rank[i]! + 0.25 + nextFraction(random) / 2) / count);
    growth[i] = 0.97 + nextFraction(random) * 0.08;
    rowWeight[i] = Math.sqrt(monthlyRequests[i]!);
    totalRowWeight += rowWeight[i]!;
    fillSlots(places, i * 2 * SLOTS, popularRoutes, random);
    fillSlots(places, (i * 2 + 1) * SLOTS, popularRegions, random);
    const size = nextFraction(random);
    bytesFactor[i] = 0.3 + 4 * size * size;
    computeFactor[i] = 0.5 + nextFraction(random);
  }
  const byRowWeight = weightedIndex(rowWeight, totalRowWeight);
  return {
    count,
    monthlyRequests,
    growth,
    rowWeight,
    totalRowWeight,
    byRowWeight,
    places,
    bytesFactor,
    computeFactor,
  };
}

/**
 * Requests a month by rank, smallest customers first: 35 % of them stay below 50 000, 62 % below 200 000, 94 % below
 * 2 million (the limits of common tiers). Straight lines between these points.
 */
const BODY: readonly { readonly rank: number; readonly requests: number }[] = [
  { rank: 0, requests: 1_500 },
  { rank: 0.1, requests: 9_000 },
  { rank: 0.2, requests: 21_000 },
  { rank: 0.35, requests: 50_000 },
  { rank: 0.5, requests: 105_000 },
  { rank: 0.62, requests: 200_000 },
  { rank: 0.75, requests: 430_000 },
  { rank: 0.85, requests: 880_000 },
  { rank: 0.94, requests: 2_000_000 },
];

/** `rank` from 0 to 1, both excluded. Above the body a Pareto tail with exponent 4/3, for which two square roots suffice. */
function requestsAt(rank: number): number {
  const last = BODY[BODY.length - 1]!;
  if (rank >= last.rank) {
    const rarity = (1 - last.rank) / (1 - rank);
    const root = Math.sqrt(rarity);
    return last.requests * root * Math.sqrt(root); // rarity to the power of 3/4
  }
  const upper = BODY.findIndex((point) => rank < point.rank);
  const [from, to] = [BODY[upper - 1]!, BODY[upper]!];
  return from.requests + ((to.requests - from.requests) * (rank - from.rank)) / (to.rank - from.rank);
}

/** Each number as often as its popularity says. */
function byPopularity(choices: readonly { readonly popularity: number }[]): Uint8Array {
  return Uint8Array.from(choices.flatMap(({ popularity }, i) => Array<number>(popularity).fill(i)));
}

/**
 * A Pólya urn: the more often something was taken, the likelier it is taken again. So a customer has a favourite and
 * some lesser ones, and each customer has others, popular ones more often.
 */
function fillSlots(slots: Uint8Array, first: number, popular: Uint8Array, random: RandomState): void {
  for (let k = 0; k < SLOTS; k++) {
    const taken = nextBelow(random, k + 2);
    slots[first + k] = taken < k ? slots[first + taken]! : popular[nextBelow(random, popular.length)]!;
  }
}
