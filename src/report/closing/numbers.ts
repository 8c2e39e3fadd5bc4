/** Number series of documents: without gaps, in the order in which the documents are made. */

export type NumberSeries = {
  /** Absent: no document has had a number of the series. */
  readonly first?: string;
  readonly last?: string;
  /** Number of the next document. */
  readonly next: string;
};

/** Gives numbers one after another. The digits at a number's end count up, and keep their zeros: `R-0099`, `R-0100`. */
export class Numbering {
  private first: string | undefined;
  private last: string | undefined;
  private upcoming: string;

  /** `from`: the first number; it ends with digits. */
  constructor(from: string) {
    this.upcoming = from;
  }

  take(): string {
    const number = this.upcoming;
    this.first ??= number;
    this.last = number;
    this.upcoming = numberAfter(number);
    return number;
  }

  get series(): NumberSeries {
    const { first, last, upcoming } = this;
    return { ...(first !== undefined && { first }), ...(last !== undefined && { last }), next: upcoming };
  }
}

/** True for texts that can be counted on from: printable, and with a digit at their end. */
export function isNumberStart(text: string): boolean {
  return /^[\p{L}\p{N}\p{P}\p{S}]{0,40}\d$/u.test(text);
}

function numberAfter(number: string): string {
  const [, head, digits] = /^(.*?)(\d+)$/s.exec(number)!;
  return head! + String(BigInt(digits!) + 1n).padStart(digits!.length, '0');
}
