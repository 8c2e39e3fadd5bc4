import { assert } from './assert.ts';

/** Values that are made while they are read, and would be made anew by a second call: that one fails with a Bug. */
export function once<T>(make: () => Iterable<T>): () => Iterable<T> {
  let isTaken = false;
  return () => {
    assert(!isTaken, () => 'values that can be read once are read again');
    isTaken = true;
    return make();
  };
}
