/**
 * Reader shared by all loaders of YAML files: turns texts into values, and reports a problem for each text that has
 * none.
 */
import type { Decimal } from '../core/decimal.ts';
import type { Currency } from '../core/money.ts';
import { didYouMean, type Problem, type ProblemSource } from '../core/problem.ts';
import type { ProblemCode, SharedCode } from '../core/problemCodes.ts';
import { type Failure, failed, type Parsed, parseQuantity } from '../core/quantity.ts';
import { parseDays, parseMoney, parseShare } from './texts.ts';
import type { Path, YamlFile } from './yamlFile.ts';

/** Codes that every reader may report. */
type ReaderCode = SharedCode<'numbers' | 'values'>;
/** Nouns of codes such as `unknown-tier`. */
type NounIn<Code extends string> = Code extends `unknown-${infer Noun}` ? Noun : never;

/** `Code`: last parts of the codes that it reports besides those of texts. */
export class ConfigReader<in Code extends string = never> {
  readonly problems: Problem[] = [];
  /** Set as soon as the file's own is known. */
  currency: Currency = { code: 'USD', minorUnit: 2 };
  /** Besides region and route, those that `by` and `where` may name; undefined: any. */
  dimensions: readonly string[] | undefined;
  private readonly file: YamlFile;
  private readonly codeOf: (what: Code | ReaderCode) => ProblemCode;
  private readonly said = new Set<string>();
  /** Hints that {@link named} gave: candidates → missing name → hint. */
  private readonly hints = new Map<ReadonlyMap<string, unknown>, Map<string, string>>();

  /** `codeOf` puts the area before the last part of a code: `tiers/negative`. */
  constructor(file: YamlFile, codeOf: (what: Code | ReaderCode) => ProblemCode) {
    this.file = file;
    this.codeOf = codeOf;
  }

  /** Source of the value at `path`, for problems that show up later. */
  at(path: Path, part?: 'key'): ProblemSource {
    return this.file.locate(path, part);
  }

  money(text: string, path: Path): Decimal | undefined {
    return this.take(parseMoney(text, this.currency), text, path);
  }

  /** Money that is paid, so in whole minor units: a credit of 0.005 could never be drawn to its end. */
  payment(text: string, path: Path): Decimal | undefined {
    const amount = this.money(text, path);
    if (amount === undefined || amount.decimalPlaces() <= this.currency.minorUnit) return amount;
    const { code, minorUnit } = this.currency;
    const hint = `write it with at most ${minorUnit} digits after the point`;
    this.error('finer-than-minor-unit', path, `"${text}" is finer than the minor unit of ${code}`, hint);
    return undefined;
  }

  /** A whole number of at least one. */
  count(text: string, path: Path): number | undefined {
    if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
    this.error('not-a-count', path, `"${text}" is not a whole number above 0`, 'write for instance 2');
    return undefined;
  }

  share(text: string, path: Path): Decimal | undefined {
    return this.take(parseShare(text), text, path);
  }

  quantity(text: string, unit: string, path: Path): Decimal | undefined {
    return this.take(parseQuantity(text, unit), text, path);
  }

  days(text: string, path: Path): number | undefined {
    return this.take(parseDays(text), text, path);
  }

  /** The entry of that name, or a problem with the likeliest one meant. `what` as in "there is no meter …". */
  named<V>(map: ReadonlyMap<string, V>, name: string, what: NounIn<Code>, path: Path, part?: 'key'): V | undefined {
    const found = map.get(name);
    if (!found) {
      // Thousands of customers may be on the same tier that does not exist; comparing it with each tier takes time.
      const hints = this.hints.get(map) ?? new Map<string, string>();
      this.hints.set(map, hints);
      const hint = hints.get(name) ?? this.hintFor(name, map.keys());
      hints.set(name, hint);
      this.error(`unknown-${what}` as Code, path, `there is no ${what} "${name}"`, hint, part);
    }
    return found;
  }

  /** Checks the name of a dimension. */
  dimension(name: string, path: Path, part?: 'key'): void {
    if (name === '' || name.startsWith('[')) {
      const hint = 'write the name of a column or key of the telemetry; it does not begin with [';
      this.error('bad-dimension-name', path, `"${name}" cannot be the name of a dimension`, hint, part);
      return;
    }
    const known = this.dimensions && ['region', 'route', ...this.dimensions];
    if (!known || known.includes(name)) return;
    const hint = `${this.hintFor(name, known)}; others are named in dimensions: of the tier file`;
    this.error('unknown-dimension', path, `there is no dimension "${name}"`, hint, part);
  }

  hintFor(word: string, candidates: Iterable<string>): string {
    const known = [...candidates];
    const meant = didYouMean(word, known);
    if (meant) return `did you mean ${meant}?`;
    if (known.length === 0) return 'the tier file defines none';
    const more = known.length > MOST_SHOWN ? ` and ${known.length - MOST_SHOWN} more` : '';
    return `known: ${known.slice(0, MOST_SHOWN).join(', ')}${more}`;
  }

  error(code: Code | ReaderCode, path: Path, message: string, hint?: string, part?: 'key'): void {
    this.add('error', code, path, message, hint, part);
  }

  warn(code: Code | ReaderCode, path: Path, message: string, hint: string): void {
    this.add('warning', code, path, message, hint);
  }

  private take<V>(parsed: Parsed<{ value: V }>, text: string, path: Path): V | undefined {
    if (!isFailure(parsed)) return parsed.value;
    this.error(parsed.code, path, `"${text}" ${parsed.reason}`, parsed.hint ?? GENERAL_HINTS[parsed.code]);
    return undefined;
  }

  private add(
    severity: Problem['severity'],
    code: Code | ReaderCode,
    path: Path,
    message: string,
    hint?: string,
    part?: 'key',
  ): void {
    const source = this.file.locate(path, part);
    // Terms that hold for several tiers are read with each of them; what is wrong with them is said once.
    const what = JSON.stringify([code, source.line, source.column, message]);
    if (this.said.has(what)) return;
    this.said.add(what);
    this.problems.push({
      severity,
      code: this.codeOf(code),
      source,
      message,
      ...(hint !== undefined && { hint }),
    });
  }
}

/** Names that a hint lists. */
const MOST_SHOWN = 20;

/** Hints by problem code, for texts about which nothing more specific can be said. */
const GENERAL_HINTS: Readonly<Record<string, string>> = {
  'not-a-number': 'write digits and at most one point, as in 1234.56',
  'too-many-digits': 'count the zeros; a very small price can be written for more units at once, as in 0.40/10k',
};

function isFailure<V>(parsed: Parsed<{ value: V }>): parsed is Failure {
  return failed(parsed as Parsed<object>);
}
