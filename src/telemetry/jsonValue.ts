/**
 * JSON in which numbers keep their source text; a double would reshape nanoseconds and long decimals.
 *
 * Lines are parsed in one pass. What that does not take – a key twice, deep nesting, no JSON at all – is left to a strict
 * parser and one that keeps number texts, one after the other.
 */
import { LosslessNumber, parse } from 'lossless-json';

/** Throws a SyntaxError for what is no JSON, and for a key that stands twice in an object with different values. */
export function parseJson(text: string): unknown {
  const quick = new OnePass(text).whole();
  if (quick !== NOT_TAKEN) return quick;
  JSON.parse(text); // strict: lossless-json alone accepts some texts that are not JSON
  return parse(text, undefined, (number) => new LosslessNumber(number));
}

const NOT_TAKEN: unique symbol = Symbol('not taken');

const MOST_DEPTH = 50;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANKS = /[ \t\r\n]*/y;
const CONTROL = /[\u0000-\u001f]/;
const WORDS = { t: ['true', true], f: ['false', false], n: ['null', null] } as const;

/**
 * Keys of the line before by their order, with their quotes: nearly all lines have the same ones, and comparing a text is cheaper
 * than cutting it out and looking it up among the names of objects.
 */
const KEYS_BEFORE: { readonly written: string; readonly key: string }[] = [];
const MOST_KEYS_BEFORE = 200;
/** A key that is kept may keep its whole line in memory. */
const LONGEST_LINE_BEFORE = 1 << 14;

class OnePass {
  private readonly text: string;
  private readonly hasEscapes: boolean;
  private readonly hasControls: boolean;
  private at = 0;
  private depth = 0;
  /** Keys that were read. */
  private keys = 0;

  constructor(text: string) {
    this.text = text;
    this.hasEscapes = text.includes('\\');
    this.hasControls = CONTROL.test(text);
  }

  whole(): unknown {
    const value = this.value();
    return this.next() === undefined ? value : NOT_TAKEN;
  }

  private value(): unknown {
    const first = this.next();
    if (first === '"') return this.string();
    if (first === '{' || first === '[') {
      if (this.depth === MOST_DEPTH) return NOT_TAKEN;
      this.depth++;
      const value = first === '{' ? this.object() : this.array();
      this.depth--;
      return value;
    }
    if (first === 't' || first === 'f' || first === 'n') {
      const [word, value] = WORDS[first];
      if (!this.text.startsWith(word, this.at)) return NOT_TAKEN;
      this.at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.at;
    if (!NUMBER.test(this.text)) return NOT_TAKEN;
    const number = this.text.slice(this.at, NUMBER.lastIndex);
    this.at = NUMBER.lastIndex;
    return new LosslessNumber(number);
  }

  private object(): unknown {
    const object: Record<string, unknown> = {};
    this.at++;
    if (this.took('}')) return object;
    do {
      if (this.next() !== '"') return NOT_TAKEN;
      const key = this.key();
      if (typeof key !== 'string' || !this.took(':')) return NOT_TAKEN;
      const value = this.value();
      // A key that stands twice; also the names that every object has, such as __proto__ and constructor.
      if (value === NOT_TAKEN || object[key] !== undefined) return NOT_TAKEN;
      object[key] = value;
    } while (this.took(','));
    return this.took('}') ? object : NOT_TAKEN;
  }

  private array(): unknown {
    const array: unknown[] = [];
    this.at++;
    if (this.took(']')) return array;
    do {
      const value = this.value();
      if (value === NOT_TAKEN) return NOT_TAKEN;
      array.push(value);
    } while (this.took(','));
    return this.took(']') ? array : NOT_TAKEN;
  }

  /** The key whose opening quote comes next. */
  private key(): string | typeof NOT_TAKEN {
    const number = this.keys++;
    const before = KEYS_BEFORE[number];
    if (before && this.text.startsWith(before.written, this.at)) {
      this.at += before.written.length;
      return before.key;
    }
    const start = this.at;
    const key = this.string();
    if (typeof key === 'string' && number < MOST_KEYS_BEFORE && this.text.length <= LONGEST_LINE_BEFORE)
      KEYS_BEFORE[number] = { written: this.text.slice(start, this.at), key };
    return key;
  }

  /** The text whose opening quote comes next. */
  private string(): string | typeof NOT_TAKEN {
    const { text } = this;
    const start = this.at + 1;
    let end = text.indexOf('"', start);
    if (end < 0) return NOT_TAKEN;
    const upToQuote = text.slice(start, end);
    const firstEscape = this.hasEscapes ? upToQuote.indexOf('\\') : -1;
    if (firstEscape >= 0) end = afterEscapes(text, start + firstEscape);
    if (end < 0) return NOT_TAKEN;
    this.at = end + 1;
    if (firstEscape >= 0) return unescaped(text.slice(start - 1, end + 1));
    return this.hasControls && CONTROL.test(upToQuote) ? NOT_TAKEN : upToQuote;
  }

  /** Passes blanks; the character behind them, undefined at the end. */
  private next(): string | undefined {
    const { text } = this;
    const code = text.charCodeAt(this.at);
    if (code <= 0x20) {
      BLANKS.lastIndex = this.at;
      this.at += BLANKS.exec(text)![0].length;
    }
    return text[this.at];
  }

  private took(character: string): boolean {
    if (this.next() !== character) return false;
    this.at++;
    return true;
  }
}

/** The quote that closes a text with an escape at `from`; −1: none does. */
function afterEscapes(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

function unescaped(quoted: string): string | typeof NOT_TAKEN {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return NOT_TAKEN;
  }
}
