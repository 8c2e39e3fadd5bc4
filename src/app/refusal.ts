import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';

/** Whose turn it is: whoever wrote options and configuration (`usage`), or whoever gave the data (`input`). */
export type Fault = 'usage' | 'input';

/** Ends a use case: it has no result, and these are the reasons. */
export class Refusal extends Error {
  readonly problems: readonly Problem[];
  readonly fault: Fault;

  constructor(fault: Fault, problems: readonly Problem[]) {
    super(problems[0]?.message ?? 'refused without a reason');
    this.problems = problems;
    this.fault = fault;
  }
}

/** A result, or the problems for which there is none. */
export type Outcome<T> =
  | { readonly result: T }
  | { readonly result?: undefined; readonly fault: Fault; readonly problems: readonly Problem[] };

/** Problems become a value here: inside of a use case they are thrown, so that each step may assume the one before it. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { fault: error.fault, problems: error.problems };
    throw error;
  }
}

/** The result; throws a {@link Refusal} where there is none. */
export function resultOf<T>(outcome: Outcome<T>): T {
  if ('fault' in outcome) throw new Refusal(outcome.fault, outcome.problems);
  return outcome.result;
}

/** A problem of the options themselves: no file, no line. */
export function usageProblem(code: CodeOf<'usage'>, message: string, hint?: string): Problem {
  return { severity: 'error', code: codesOf('usage')(code), message, ...(hint !== undefined && { hint }) };
}
