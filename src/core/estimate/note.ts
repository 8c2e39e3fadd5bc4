import type { ProblemSource } from '../problem.ts';

/** A fact about how an input was read, though nothing is wrong with it: a cron trigger, which is no route. */
export type Note = { readonly message: string; readonly source?: ProblemSource };
