/** Shares of replicates, said no more exactly than their number tells. */

const MOST_DIGITS = 3;

/**
 * `holds` of `count` replicates as a share, rounded to the last digit that is right within a standard error; undefined where not even
 * the first digit is. One replicate more of either kind is reckoned with, so that 0 and 1 are no certainties.
 */
export function toldShare(holds: number, count: number): number | undefined {
  const share = (holds + 1) / (count + 2);
  const error = Math.sqrt((share * (1 - share)) / (count + 2));
  const digits = Math.min(MOST_DIGITS, Math.floor(-Math.log10(2 * error)));
  return digits < 1 ? undefined : Math.round((holds / count) * 10 ** digits) / 10 ** digits;
}
