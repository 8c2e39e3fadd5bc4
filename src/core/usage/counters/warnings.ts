/** Warnings about counters and about amounts of intervals: one for each kind of finding, with the first of them. */
import { formatInstant } from '../../calendar.ts';
import type { Problem } from '../../problem.ts';
import type { ProblemCode } from '../../problemCodes.ts';
import { groupDigits } from '../../quantity.ts';
import { instantOf } from '../../timestamp.ts';
import type { CounterReport } from './book.ts';
import { FINDING_KINDS, type Finding, type FindingKind } from './findings.ts';
import { seriesText } from './series.ts';

type Words = { readonly code: ProblemCode; readonly one: string; readonly many: string; readonly hint: string };

const WORDS: Record<FindingKind, Words> = {
  gap: {
    code: 'usage/gap-in-series',
    one: 'a series has a gap',
    many: 'gaps in series',
    hint: 'give the export that has the rows of this time: amounts used in it, or a reset of a counter, may be missing',
  },
  overlap: {
    code: 'usage/overlapping-amounts',
    one: 'two amounts of one series share time',
    many: 'amounts share time with another one of their series',
    hint: 'if one is a second delivery, map event_id; if two instances count, name the column that tells them apart in series',
  },
  long: {
    code: 'usage/long-interval',
    one: 'an amount of more than an hour began in an earlier billing period, and counts where it ends',
    many: 'amounts of more than an hour began in an earlier billing period, and count where they end',
    hint: 'export readings at the begin of each billing period',
  },
  alternating: {
    code: 'usage/alternating-counter',
    one: 'a counter falls and is at once where it was, again and again',
    many: 'counters fall and are at once where they were, again and again',
    hint: 'if several instances count under one name, name the column that tells them apart in series',
  },
};

export function counterWarnings(report: CounterReport | undefined): Problem[] {
  return FINDING_KINDS.flatMap((kind): Problem[] => {
    const found = (report?.findings ?? []).filter((finding) => finding.kind === kind);
    const first = earliest(found);
    if (!first) return [];
    const { code, one, many, hint } = WORDS[kind];
    const what = found.length === 1 ? `${one}: ` : `${groupDigits(String(found.length))} ${many}, the first of them: `;
    return [{ severity: 'warning', code, message: `${what}${findingText(first)}`, hint }];
  });
}

function findingText({ name, from, to }: Finding): string {
  return `${seriesText(name)}, ${formatInstant(instantOf(from))} to ${formatInstant(instantOf(to))}`;
}

function earliest(findings: readonly Finding[]): Finding | undefined {
  return findings.reduce<Finding | undefined>((first, one) => {
    if (!first || one.from < first.from) return one;
    return one.from === first.from && seriesText(one.name) < seriesText(first.name) ? one : first;
  }, undefined);
}
