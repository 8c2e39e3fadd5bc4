/** Long work in steps, between which others have their turn. */

/** Work that yields the share of it that is done, and returns its result. */
export type Steps<Result> = Generator<number, Result>;

/** Does the work without a pause. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does the work, and calls `pause` after each step with the share that is done. */
export async function withPauses<Result>(
  steps: Steps<Result>,
  pause: ((done: number) => Promise<void>) | undefined,
): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause?.(step.value);
  }
}
