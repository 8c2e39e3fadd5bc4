/**
 * A fault of `meter` itself: the run stops, with the numbers in the message. A fault of the user's input is a Problem
 * instead.
 */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Throws a {@link Bug} unless `condition` holds. The message is only built when it is needed. */
export function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new Bug(message());
}

/** For the `default` of a switch over a union: a forgotten case is a compile error, and a Bug if it ever runs. */
export function unreachable(value: never): never {
  throw new Bug(`unexpected ${JSON.stringify(value)}`);
}
