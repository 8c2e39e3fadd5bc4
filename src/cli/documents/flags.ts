/** Flags about documents that are sent: HTML and PDF. */
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { type CalendarDate, parseDate } from '../../core/calendar.ts';
import type { Problem } from '../../core/problem.ts';
import { DOCUMENT_FORMATS } from '../../report/invoice/documentFormats.ts';
import { LOCALES } from '../../report/invoice/sheet/language.ts';
import { countedPart } from '../../report/invoice/sheet/numbers.ts';
import { BadValue, choiceFlag, type FlagsOf, keyName, repeatedFlag, textFlag } from '../flags/flag.ts';

export const documentFlags = {
  numberFrom: textFlag(
    {
      value: 'number',
      help: 'number of the first document; the digits at its end count up',
      detail: 'Where the tier file has a pattern of numbers, it is {n} in it.',
    },
    startOfNumbers,
  ),
  issued: textFlag({ value: 'date', help: 'issue date of documents, from which the due date is counted' }, dayOf),
  locale: choiceFlag(LOCALES, {
    help: 'language and digits of documents (default: en)',
    detail: 'Nothing but documents depends on it.',
  }),
  font: {
    ...repeatedFlag({
      value: 'file',
      help: 'font with characters that the usual one lacks, such as Chinese ones (repeatable)',
      detail: 'TrueType or OpenType; of pdf and factur-x, into which the letters in use are put.',
    }),
    isPath: true,
  },
} as const;
export type DocumentFlags = FlagsOf<typeof documentFlags>;

/** Refuses flags about documents where none is made. */
export function refuseWithoutDocuments(flags: DocumentFlags, format: string): void {
  const isDocument = (DOCUMENT_FORMATS as readonly string[]).includes(format);
  if (isDocument) {
    refuseFontsWithoutPdf(flags, format);
    return;
  }
  const given = (Object.keys(documentFlags) as (keyof DocumentFlags)[]).filter((key) => flags[key] !== undefined);
  if (given.length === 0) return;
  const problems = given.map((key) =>
    usageProblem(
      'only-for-documents',
      `--${keyName(key)} is about documents, and ${format} is none`,
      `use --format ${DOCUMENT_FORMATS.join(' or --format ')}`,
    ),
  );
  throw new Refusal('usage', problems);
}

/** Refuses fonts where nothing is set in them. */
export function refuseFontsWithoutPdf({ font }: Pick<DocumentFlags, 'font'>, format: string | undefined): void {
  if (font === undefined || format === 'pdf' || format === 'factur-x') return;
  const message = `--font is about PDF, and ${format ?? 'no document'} is ${format === undefined ? 'made' : 'none'}`;
  throw new Refusal('usage', [usageProblem('only-for-documents', message, 'use --format pdf or --format factur-x')]);
}

/** Refuses flags for what every document has. */
export function refuseWhatDocumentsHave(
  { timeline, explain }: { readonly timeline?: boolean; readonly explain?: boolean },
  format: string,
): void {
  const problems: Problem[] = [];
  const hint = 'leave it out';
  if (timeline) {
    const why = `${format} always has the notifications of an invoice, without --timeline`;
    problems.push(usageProblem('no-place-for-timeline', why, hint));
  }
  if (explain) {
    const why = `${format} always has the arithmetic of each line, without --explain`;
    problems.push(usageProblem('no-place-for-explain', why, hint));
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
}

function startOfNumbers(text: string): string {
  if (countedPart(text) === undefined) throw new BadValue('Write a number that ends with digits, such as 2026-1001.');
  return text;
}

function dayOf(text: string): CalendarDate {
  const date = parseDate(text);
  if (date === undefined) throw new BadValue('Write a day, such as 2026-11-01.');
  return date;
}
