/** Where a parameter, on its way to an end of its range, makes another scenario the best. */
import { areEqual, type MeasureName, type Measures, RANKED } from './ranking.ts';

/** A value of the parameter, and the measures of every scenario there. */
export type Place = { readonly value: number; readonly measures: readonly Measures[] };

/** `from` and `to` are indices of scenarios; at `value` they are equal. */
export type FoundFlip = {
  readonly measure: MeasureName;
  readonly value: number;
  readonly from: number;
  readonly to: number;
};

/** Values are found so closely, relative to themselves, that their first three digits are right. */
const CLOSENESS = 1e-5;
const MOST_STEPS = 40;

/** The nearest flip of each measure between `start` and `end`; measures that are unknown have none. */
export async function flipsOf(
  end: Place,
  start: Place,
  measuresAt: (value: number) => Promise<readonly Measures[]>,
): Promise<FoundFlip[]> {
  const flips: FoundFlip[] = [];
  for (const { measure, better } of RANKED) {
    if ([...start.measures, ...end.measures].some((measures) => !Number.isFinite(measures[measure]))) continue;
    const sign = better === 'more' ? 1 : -1;
    const scores = ({ measures }: Place) => measures.map((own) => sign * own[measure]!);
    const from = bestOf(scores(start), 0);
    let far: Place = end;
    let flip: FoundFlip | undefined;
    // The scenario that is best at the end need not be the first to overtake.
    for (let to = bestOf(scores(far), from); to !== from; to = bestOf(scores(far), from)) {
      const lead = (place: Place) => scores(place)[from]! - scores(place)[to]!;
      const { value, before } = await crossing(start, far, lead, measuresAt);
      flip = { measure, value, from, to };
      far = before;
    }
    if (flip) flips.push(flip);
  }
  return flips;
}

/** The best scenario; of equals `preferred`, then the first. */
function bestOf(scores: readonly number[], preferred: number): number {
  const top = Math.max(...scores);
  return areEqual(scores[preferred]!, top) ? preferred : scores.indexOf(top);
}

/**
 * Where `lead` is 0 between a place where it is positive and one where it is not (Illinois: regula falsi that halves the end which
 * stands still), and the last place before it.
 */
async function crossing(
  start: Place,
  end: Place,
  lead: (place: Place) => number,
  measuresAt: (value: number) => Promise<readonly Measures[]>,
): Promise<{ value: number; before: Place }> {
  let [near, far] = [start, end];
  let [ahead, behind] = [lead(start), lead(end)];
  let moved: 'near' | 'far' | undefined;
  for (let step = 0; step < MOST_STEPS; step++) {
    const width = far.value - near.value;
    if (Math.abs(width) <= CLOSENESS * Math.abs(far.value)) break;
    // A little away from both ends: where one of them is the crossing, the other comes close to it.
    const part = Math.min(1 - CLOSENESS / 4, Math.max(CLOSENESS / 4, ahead / (ahead - behind)));
    const value = near.value + width * part;
    const place = { value, measures: await measuresAt(value) };
    const here = lead(place);
    if (here > 0) {
      [near, ahead] = [place, here];
      if (moved === 'near') behind /= 2;
      moved = 'near';
    } else {
      [far, behind] = [place, here];
      if (moved === 'far') ahead /= 2;
      moved = 'far';
    }
  }
  return { value: (near.value + far.value) / 2, before: near };
}
