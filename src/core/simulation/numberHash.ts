/**
 * A hash of many numbers and texts, each in its place: MurmurHash3's mixing of 32-bit words (A. Appleby, public domain), in two
 * lanes of different constants for 64 bits. It tells inputs apart, and is no protection against somebody who wants two
 * inputs to look alike.
 */

/** Multipliers of MurmurHash3_x86_32, and of the second lane of MurmurHash3_x86_128. */
const LANES = [
  [0xcc9e2d51, 0x1b873593],
  [0x239b961b, 0xab0e9789],
] as const;

export class NumberHash {
  private first = 0;
  private second = 1;
  private length = 0;
  private readonly number = new Float64Array(1);
  private readonly words = new Uint32Array(this.number.buffer);

  /** Adds an integer below 2³². */
  addNumber(number: number): this {
    this.addWord(number);
    return this;
  }

  /** Adds doubles; every NaN counts as the same one, and −0 as 0. */
  addNumbers(numbers: Float64Array): this {
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i]!;
      this.number[0] = Number.isNaN(value) ? Number.NaN : value + 0;
      this.addWord(this.words[0]!);
      this.addWord(this.words[1]!);
    }
    return this;
  }

  /** Adds a text's UTF-16 code units and their number. */
  addText(text: string): this {
    this.addWord(text.length);
    for (let i = 0; i < text.length; i++) this.addWord(text.charCodeAt(i));
    return this;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const [first, second] = [finish(this.first ^ this.length), finish(this.second ^ this.length)];
    return [first, second].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  private addWord(word: number): void {
    this.first = mix(this.first, word, LANES[0][0], LANES[0][1]);
    this.second = mix(this.second, word, LANES[1][0], LANES[1][1]);
    this.length = (this.length + 4) | 0;
  }
}

function mix(hash: number, word: number, before: number, after: number): number {
  const scattered = Math.imul(word, before);
  const mixed = hash ^ Math.imul((scattered << 15) | (scattered >>> 17), after);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Lets every bit of a word reach every other one. */
function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
