/**
 * Languages of invoice documents: words, and how numbers and dates are written. Written out here, because the tables of
 * `Intl` change with the version of Node, and the same invoice must always be the same bytes.
 */
import type { CalendarDate } from '../../../core/calendar.ts';
import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';
import { GERMAN } from './german.ts';
import { SPANISH } from './spanish.ts';
import type { SheetWords } from './words.ts';

export type Language = {
  /** BCP 47: `de-AT`. */
  readonly tag: string;
  readonly words: SheetWords;
  /** `group`: between thousands, in numbers of `least` digits before the point or more. `percent`: behind a number. */
  readonly digits: { readonly group: string; readonly point: string; readonly least: number; readonly percent: string };
  readonly dateText: (date: CalendarDate) => string;
  readonly monthText: (date: CalendarDate) => string;
};

const [NO_BREAK, NARROW] = ['\u00a0', '\u202f'];

const MONTHS = {
  en: 'January February March April May June July August September October November December',
  de: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
} as const;

function monthNames(language: keyof typeof MONTHS): (date: CalendarDate) => string {
  const names = MONTHS[language].split(' ');
  return ({ month }) => names[month - 1]!;
}

const [english, german, french, spanish] = [monthNames('en'), monthNames('de'), monthNames('fr'), monthNames('es')];

const EN: Omit<Language, 'tag'> = {
  words: ENGLISH,
  digits: { group: ',', point: '.', least: 4, percent: '%' },
  dateText: (date) => `${date.day} ${english(date)} ${date.year}`,
  monthText: (date) => `${english(date)} ${date.year}`,
};
const DE: Omit<Language, 'tag'> = {
  words: GERMAN,
  digits: { group: '.', point: ',', least: 4, percent: `${NO_BREAK}%` },
  dateText: (date) => `${date.day}. ${german(date)} ${date.year}`,
  monthText: (date) => `${german(date)} ${date.year}`,
};
const FR: Omit<Language, 'tag'> = {
  words: FRENCH,
  digits: { group: NARROW, point: ',', least: 4, percent: `${NO_BREAK}%` },
  dateText: (date) => `${date.day === 1 ? '1er' : date.day} ${french(date)} ${date.year}`,
  monthText: (date) => `${french(date)} ${date.year}`,
};
const ES: Omit<Language, 'tag'> = {
  words: SPANISH,
  digits: { group: '.', point: ',', least: 5, percent: `${NO_BREAK}%` },
  dateText: (date) => `${date.day} de ${spanish(date)} de ${date.year}`,
  monthText: (date) => `${spanish(date)} de ${date.year}`,
};

const AMERICAN: Partial<Language> = { dateText: (date) => `${english(date)} ${date.day}, ${date.year}` };
const SWISS: Partial<Language> = { digits: { group: '’', point: '.', least: 4, percent: '%' } };

const LANGUAGES = {
  en: EN,
  'en-GB': EN,
  'en-US': { ...EN, ...AMERICAN },
  de: DE,
  'de-AT': { ...DE, digits: { ...DE.digits, group: NO_BREAK } },
  'de-CH': { ...DE, ...SWISS },
  fr: FR,
  'fr-CH': { ...FR, ...SWISS },
  es: ES,
  'es-MX': { ...ES, digits: EN.digits },
} as const satisfies Record<string, Omit<Language, 'tag'>>;

export type Locale = keyof typeof LANGUAGES;
export const LOCALES = Object.keys(LANGUAGES) as Locale[];

export function languageOf(locale: Locale): Language {
  return { tag: locale, ...LANGUAGES[locale] };
}

/**
 * Numbers of a text as the language writes them. The text has them with blanks between thousands and a point:
 * `30 000 ÷ 10 000 × 0.4` becomes `30.000 ÷ 10.000 × 0,4`.
 */
export function inDigitsOf({ digits }: Pick<Language, 'digits'>, text: string): string {
  const localized = text.replace(NUMBER, (_, whole: string, fraction?: string) => {
    const groups = whole.split(' ');
    const isGrouped = groups.join('').length >= digits.least;
    const before = groups.join(isGrouped ? digits.group : '');
    return fraction === undefined ? before : `${before}${digits.point}${fraction}`;
  });
  return localized.replace(/(?<=\d) ?%/g, digits.percent);
}

const NUMBER = /(?<![\w.])(\d{1,3}(?: \d{3})+|\d+)(?:\.(\d+))?(?![\d.])/g;
