/** The place of the last number that is not above `value`; 0 if there is none. The numbers ascend, every `step`th counts. */
export function lastNotAfter(ascending: ArrayLike<number>, value: number, step = 1): number {
  let [low, high] = [0, ascending.length / step];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle * step]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
