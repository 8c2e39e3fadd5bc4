/** Queries of the timeline for single rows, because a ledger has no finer buckets than hours. */
import type { Probe, ProbedStep } from '../usage/probe.ts';

export type LedgerQuery = {
  readonly probe: Probe;
  /** Steps that the answer may have at most: what it costs to keep. At least 1. */
  readonly cost: number;
  /** Takes the answer in; a narrower query if that was not fine enough. */
  readonly answer: (steps: readonly ProbedStep[]) => LedgerQuery | undefined;
};

/** Steps that one pass over the rows may keep. */
export const MOST_STEPS = 1 << 20;

/** Widths of steps in nanoseconds: a second, a millisecond, a microsecond, an instant. */
export const STEPS: readonly bigint[] = [1_000_000_000n, 1_000_000n, 1_000n, 1n];

/**
 * The narrowest step at which `events` rows between two times fill at most `most` steps, and its cost. Where none is
 * narrow enough, the widest that still parts the time: asking again for one of its steps comes nearer.
 */
export function stepFor(
  { from, to, events }: { readonly from: bigint; readonly to: bigint; readonly events: number },
  most: number,
): { step: bigint; cost: number } {
  const parting = STEPS.filter((step) => step < to - from || step === 1n);
  const costs = parting.map((step) => ({ step, cost: Math.max(1, Math.min(events, Number((to - from) / step) + 2)) }));
  return costs.findLast(({ cost }) => cost <= most) ?? costs[0]!;
}

/**
 * Asks all queries, in as few passes as keep the answers of each within `most` steps; `ask` makes a pass. Queries are
 * drawn one after another and forgotten once answered: there may be more of them than fit into memory.
 */
export async function askAll(
  queries: Iterator<LedgerQuery>,
  ask: (probes: readonly Probe[]) => Promise<readonly (readonly ProbedStep[])[]>,
  most: number = MOST_STEPS,
): Promise<{ passes: number }> {
  let passes = 0;
  let waiting: LedgerQuery[] = [];
  let next = queries.next();
  while (waiting.length > 0 || !next.done) {
    const round: LedgerQuery[] = [];
    let cost = 0;
    const take = (query: LedgerQuery) => {
      round.push(query);
      cost += query.cost;
    };
    const fits = (query: LedgerQuery) => round.length === 0 || cost + query.cost <= most;
    while (waiting.length > 0 && fits(waiting.at(-1)!)) take(waiting.pop()!);
    for (; waiting.length === 0 && !next.done && fits(next.value); next = queries.next()) take(next.value);

    const answers = await ask(round.map(({ probe }) => probe));
    passes++;
    const narrower = round.flatMap(({ answer }, i) => answer(answers[i]!) ?? []);
    waiting = [...waiting, ...narrower];
  }
  return { passes };
}
