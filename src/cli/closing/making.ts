/** A month made into a folder: numbers, files, manifest, and the folder in its place. */
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { formatInstant } from '../../core/calendar.ts';
import { MANIFEST_NAME, type Manifest, manifestJson, newManifest, type Origin } from '../../report/closing/manifest.ts';
import { isNumberStart, Numbering, type NumberSeries } from '../../report/closing/numbers.ts';
import type { Io } from '../io.ts';
import { VERSION } from '../version.ts';
import { type NewFolder, put } from './folder.ts';
import { marksOf, sha256 } from './hashes.ts';
import type { Month, MonthFlags } from './month.ts';

/** Flags that decide how exports are read and billed, and by which a month is replayed. */
const KEPT = [
  ...['tier', 'timezone', 'trimIds', 'allowEmpty', 'inputFormat', 'timeUnit', 'repeatedHour'],
  ...['multilineFields', 'ignoreColumn', 'dedupe'],
] as const;

export function keptOptions(flags: MonthFlags): Record<string, unknown> {
  const given = flags as Record<string, unknown>;
  return Object.fromEntries(KEPT.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])));
}

/** The numbers of a series from `given`, or on from the one before; otherwise from the first of the month's own. */
export function numberingFrom(given: string | undefined, before: NumberSeries | undefined, own: string): Numbering {
  if (given !== undefined && !isNumberStart(given)) {
    throw new Refusal('usage', [
      usageProblem(
        'bad-number',
        `--number-from ${given}: it must end with a digit, from which is counted`,
        'write for instance 2026-1001',
      ),
    ]);
  }
  return new Numbering(given ?? before?.next ?? own);
}

export type About = {
  readonly kind: Manifest['kind'];
  readonly previous: Origin | null;
  readonly restates?: Origin;
  readonly totals: Record<string, unknown>;
  readonly numbers: Manifest['numbers'];
};

/** Writes the manifest and puts the folder in its place. */
export async function finish(
  folder: NewFolder,
  month: Month,
  flags: MonthFlags,
  about: About,
  io: Io,
): Promise<Manifest> {
  const { rateCard } = month.read.run;
  const manifest = newManifest({
    kind: about.kind,
    meter: VERSION,
    period: { label: month.label, start: formatInstant(month.period.start), end: formatInstant(month.period.end) },
    timezone: rateCard.timezone,
    currency: rateCard.currency.code,
    previous: about.previous,
    ...(about.restates && { restates: about.restates }),
    exports: await marksOf(month.exports, io.signal),
    options: keptOptions(flags),
    rows: month.read.rows,
    totals: about.totals,
    numbers: about.numbers,
    files: folder.marks.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });
  await put(folder, MANIFEST_NAME, [manifestJson(manifest, sha256)]);
  folder.commit();
  return manifest;
}
