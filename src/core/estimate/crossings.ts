/**
 * Finds the request at which one of two totals becomes the larger one: a model of the totals proposes it, invoices
 * decide.
 */
import type { Answer } from './scaledUsage.ts';
import { type TotalModel, totalModel } from './totalModel.ts';

/** The first number of requests at which side `dearer` bills more, or does not serve them; before it, it did not. */
export type Crossing = { readonly at: number; readonly dearer: 0 | 1 };

type Sides = readonly [(at: number) => Answer, (at: number) => Answer];
/** 1: side 0 bills more, or does not serve the requests; -1: side 1. 0: neither. */
type Lead = -1 | 0 | 1;

/** Most crossings of one pair of tiers. Packages of two tiers can pass each other any number of times. */
const MOST_CROSSINGS = 20;
/** Requests: fewer are looked at by halves, without a model. */
const FEW = 16;

/** `points`: see turns.ts. Ascending. */
export function crossingsBetween(sides: Sides, points: readonly number[]): Crossing[] {
  const found: Crossing[] = [];
  let leader = leadAt(sides, points[0]!);
  const take = (at: number, lead: Lead) => {
    found.push({ at, dearer: lead === 1 ? 0 : 1 });
    leader = lead;
  };
  const all = points.flatMap((low, i) => [low, ...(i + 1 < points.length ? bounds(sides, low, points[i + 1]!) : [])]);
  for (const [i, high] of all.slice(1).entries()) {
    let at = all[i]!;
    if (high - at > FEW && [at, high].every((end) => sides.every((side) => side(end).serves))) {
      const piece = pieceBetween(sides, at, high);
      for (let next = nextIn(piece, at, leader); next; next = nextIn(piece, at, leader)) {
        if (found.length === MOST_CROSSINGS) return found;
        at = next.at;
        take(at, next.lead);
      }
    }
    const end = leadAt(sides, high);
    if (end === 0 || end === leader) continue;
    if (found.length === MOST_CROSSINGS) return found;
    take(
      byHalves((point) => leadAt(sides, point) === end, at, high),
      end,
    );
  }
  return found;
}

/** Numbers of requests between which models of both sides hold. */
type Piece = { readonly sides: Sides; readonly models: readonly [TotalModel, TotalModel]; readonly high: number };

function pieceBetween(sides: Sides, low: number, high: number): Piece {
  const [first, second] = sides;
  const modelOf = (side: Sides[0]) => totalModel(side(low).invoice, side(high).invoice, low, high);
  return { sides, models: [modelOf(first), modelOf(second)], high };
}

/** The first crossing in (at, high] after which the side that is dearer is not `leader`. */
function nextIn({ sides, models, high }: Piece, at: number, leader: Lead): { at: number; lead: Lead } | undefined {
  // Two straight lines cross once: what is dearer at first is so before it, what is dearer at last behind it.
  const [first, second] = models;
  const possible: Lead[] =
    first.jumps || second.jumps
      ? [1, -1]
      : [Math.sign(first.smoothAt(at) - second.smoothAt(at)) as Lead, leadAt(sides, high)];
  const crossings = [...new Set(possible)]
    .filter((lead) => lead !== 0 && lead !== leader)
    .flatMap((lead) => {
      const guess = firstIn(models, lead, at, high);
      const exact = guess === undefined ? undefined : decided(sides, lead, guess, at, high);
      return exact === undefined ? [] : [{ at: exact, lead }];
    });
  return crossings.sort((a, b) => a.at - b.at)[0];
}

function leadAt([first, second]: Sides, at: number): Lead {
  const [a, b] = [first(at), second(at)];
  if (a.serves !== b.serves) return a.serves ? -1 : 1;
  return a.serves ? (a.invoice.total.cmp(b.invoice.total) as Lead) : 0;
}

/** Requests at which a minimum stops or a maximum starts to act within (low, high): the one before it, and that one. */
function bounds(sides: Sides, low: number, high: number): number[] {
  const found = sides.flatMap((side) =>
    (['minimum', 'maximum'] as const).flatMap((kind) => {
      const acts = (at: number) => side(at).invoice.lines.some((line) => line.kind === kind);
      const atEnd = acts(high);
      return acts(low) === atEnd ? [] : [byHalves((at) => acts(at) === atEnd, low, high) - 1];
    }),
  );
  const ends = found.flatMap((at) => [at, at + 1]);
  return [...new Set(ends)].filter((at) => at > low && at < high).sort((a, b) => a - b);
}

/** A number in (low, high] at which `is` holds, and does not at the one before. It holds at `high`, and not at `low`. */
function byHalves(is: (at: number) => boolean, low: number, high: number): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (is(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The first number in (low, high] at which the model of the side that `lead` names is above the other one. Neither falls,
 * so nothing before the first number at which the one is above what the other is now can be it: look again from there.
 */
function firstIn(models: readonly [TotalModel, TotalModel], lead: Lead, low: number, high: number): number | undefined {
  const [up, down] = lead === 1 ? models : [models[1], models[0]];
  const noise = up.noise + down.noise;
  const distance = (at: number) => down.smoothAt(at) - up.smoothAt(at) - noise;
  let at = low;
  // As long as the straight lines are further apart than rounding and packages can bridge, nothing can cross.
  if (distance(at) > 0) {
    if (distance(high) > 0) return undefined;
    at = Math.max(low, Math.floor(low + ((high - low) * distance(low)) / (distance(low) - distance(high))) - 1);
  }
  for (let look = 0; look < MOST_LOOKS; look++) {
    const before = down.totalAt(at);
    if (at > low && up.totalAt(at) > before) return at;
    if (up.totalAt(high) <= before || (distance(at) > 0 && distance(high) > 0)) return undefined;
    at = byHalves((point) => up.totalAt(point) > before, at, high);
  }
  return undefined; // the ends decide: lines that nearly run together cross somewhere between them
}

const MOST_LOOKS = 20_000;

/** The first number near a guess at which invoices have this lead, and do not at the one before; in (low, high]. */
function decided(sides: Sides, lead: Lead, guess: number, low: number, high: number): number | undefined {
  const is = (at: number) => leadAt(sides, at) === lead;
  let [before, after] = [guess - 1, guess];
  for (let step = 1; is(before); step *= 2) {
    if (before <= low) return before;
    [before, after] = [Math.max(low, before - step), before];
  }
  for (let step = 1; !is(after); step *= 2) {
    if (after >= high) return undefined;
    [before, after] = [after, Math.min(high, after + step)];
  }
  return byHalves(is, before, after);
}
