/**
 * A flag in one piece: its help, its choices, how its text is read, and what a shell can complete behind it. The command
 * line, the configuration file, the environment, help, completion and the reference are all made from it.
 */
import { didYouMean } from '../../core/problem.ts';

/** Texts that a flag takes: none, one, all words up to the next flag, or one each time it is given. */
export type Taking = 'nothing' | 'one' | 'words' | 'repeated';

export type Flag<T = unknown> = {
  readonly takes: Taking;
  /** One line. */
  readonly help: string;
  /** Further sentences for `--help` and the reference. */
  readonly detail?: string;
  /** One letter: `o` for `-o`. */
  readonly short?: string;
  /** Name of the text in help, `file` for `<file>`; absent for a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The text is a path, or a glob: a configuration file names it from its own directory, and shells complete files. */
  readonly isPath?: true;
  /** A value that is no path although others are. */
  readonly keyword?: string;
  /** A switch that is on without it: `--no-dedupe`. */
  readonly isNegative?: true;
  /** The value where nobody gives one, and how it is written. */
  readonly fallback?: { readonly value: T; readonly text: string };
  /** One text as it is given; throws a {@link BadValue} if it is none. */
  one(text: string): unknown;
  /** The value of all texts that were given: the last of them, or all where the flag takes several. */
  all(texts: readonly string[]): T;
};

/** Flags by their names in code: `maxRejects` is `--max-rejects`. */
export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<F> = F extends Flag<infer T> ? T : never;
type WithFallback<F> = { [K in keyof F]: F[K] extends { readonly fallback: object } ? K : never }[keyof F];

/** The values that a command gets: those with a default always, the others if they are given. */
export type FlagsOf<F> = {
  readonly [K in WithFallback<F>]: ValueOf<F[K]>;
} & { readonly [K in Exclude<keyof F, WithFallback<F>>]?: ValueOf<F[K]> };

/** A text that a flag cannot take; the message is a sentence that says what to write. */
export class BadValue extends Error {}

type About = Pick<Flag, 'help' | 'detail' | 'short' | 'isPath' | 'keyword'> & { readonly value: string };

export function switchFlag(help: string, more: { readonly detail?: string } = {}): Flag<boolean> {
  return { takes: 'nothing', help, ...more, one: truth, all: (texts) => truth(texts.at(-1)!) };
}

/** A switch that is on unless its `--no-` form is given. */
export function onUnless(help: string, more: { readonly detail?: string } = {}) {
  return { ...switchFlag(help, more), isNegative: true, fallback: { value: true, text: 'true' } } as const;
}

export function textFlag<T = string>(about: About, read: (text: string) => T = (text) => text as T): Flag<T> {
  return { takes: 'one', ...about, one: read, all: (texts) => read(texts.at(-1)!) };
}

/** A text of a few that are known: the names of a registry. */
export function choiceFlag<Name extends string>(
  choices: readonly Name[],
  about: Omit<About, 'value'> & { readonly value?: string },
): Flag<Name> {
  const read = (text: string): Name => {
    if ((choices as readonly string[]).includes(text)) return text as Name;
    throw new BadValue(notOneOf(text, choices));
  };
  return { ...textFlag({ value: 'name', ...about }, read), choices };
}

/** Every word up to the next flag. */
export function wordsFlag(about: About): Flag<readonly string[]> {
  return { takes: 'words', ...about, one: (text) => text, all: (texts) => texts };
}

/** May be given more than once, and takes one word each time. */
export function repeatedFlag(about: About): Flag<readonly string[]> {
  return { takes: 'repeated', ...about, one: (text) => text, all: (texts) => texts };
}

export function fileFlag(help: string, more: Pick<Flag, 'detail' | 'short' | 'keyword'> = {}): Flag<string> {
  return textFlag({ value: 'file', help, isPath: true, ...more }, fileName);
}

export function numberFlag(help: string, more: Pick<Flag, 'detail'> = {}): Flag<number> {
  return textFlag({ value: 'n', help, ...more }, wholeNumber);
}

export function withFallback<T>(flag: Flag<T>, value: T, text = String(value)) {
  return { ...flag, fallback: { value, text } } as const;
}

/** `--max-rejects`, `--no-dedupe`: what is written on the command line. */
export function longName(key: string, { isNegative }: Pick<Flag, 'isNegative'>): string {
  return `--${isNegative ? 'no-' : ''}${keyName(key)}`;
}

/** `max-rejects`: what is written in a configuration file. */
export function keyName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `-o, --output <file>`. */
export function usageOf(key: string, flag: Flag): string {
  const value = flag.value === undefined ? '' : ` <${flag.value}${flag.takes === 'words' ? '...' : ''}>`;
  return `${flag.short === undefined ? '' : `-${flag.short}, `}${longName(key, flag)}${value}`;
}

export function notOneOf(text: string, choices: readonly string[]): string {
  const meant = didYouMean(text, choices);
  return `Allowed choices are ${choices.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

function truth(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new BadValue('Write true or false.');
}

/** An empty name is a shell variable that is not set; as a path it would be the working directory. */
function fileName(text: string): string {
  if (text === '') throw new BadValue('Write the name of a file.');
  return text;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new BadValue('Write a whole number.');
  return Number(text);
}
