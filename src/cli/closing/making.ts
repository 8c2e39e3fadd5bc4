/** A month made into a folder: numbers, files, manifest, and the folder in its place. */
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { formatInstant } from '../../core/calendar.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { MANIFEST_NAME, type Manifest, manifestJson, newManifest, type Origin } from '../../report/closing/manifest.ts';
import { isNumberStart, Numbering, type NumberSeries } from '../../report/closing/numbers.ts';
import { numbersOf } from '../../report/invoice/sheet/numbers.ts';
import { VERSION } from '../version.ts';
import { type NewFolder, put } from './folder.ts';
import { sha256 } from './hashes.ts';
import { type Month, type MonthFlags, rowsOf } from './month.ts';

/** Flags that decide how exports are read and billed, and by which a month is replayed. */
const KEPT = [
  ...['tier', 'timezone', 'trimIds', 'allowEmpty', 'inputFormat', 'inputSeparator', 'encoding'],
  ...['timeUnit', 'repeatedHour'],
  ...[
    'multilineFields',
    'ignoreColumn',
    'allowFloats',
    'sampleRate',
    'preset',
    'customerField',
    'dedupe',
    'format',
    'locale',
    'issued',
  ],
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

/** Gives each invoice the next number, put into the pattern of the tier file where there is one. */
export function numberer(numbering: Numbering, { read }: Month): (invoice: Invoice) => string {
  const { issuer, timezone } = read.run.rateCard;
  const pattern = issuer?.number;
  return (invoice) => {
    const from = numbering.take();
    return pattern === undefined ? from : numbersOf({ from, pattern, timezone })(invoice)!;
  };
}

/** The number with which a month's own series begins: a pattern of the tier file counts from 1. */
export function ownStart({ read, label }: Month): string {
  return read.run.rateCard.issuer?.number === undefined ? `${label}-0001` : '1';
}

export type About = {
  readonly kind: Manifest['kind'];
  readonly previous: Origin | null;
  readonly restates?: Origin;
  readonly totals: Record<string, unknown>;
  readonly numbers: Manifest['numbers'];
};

/** Writes the manifest and puts the folder in its place. */
export async function finish(folder: NewFolder, month: Month, flags: MonthFlags, about: About): Promise<Manifest> {
  const { rateCard } = month.read.run;
  const manifest = newManifest({
    kind: about.kind,
    meter: VERSION,
    period: { label: month.label, start: formatInstant(month.period.start), end: formatInstant(month.period.end) },
    timezone: rateCard.timezone,
    currency: rateCard.currency.code,
    previous: about.previous,
    ...(about.restates && { restates: about.restates }),
    exports: month.marks,
    options: keptOptions(flags),
    ...(Object.keys(month.lookups).length > 0 && { lookups: month.lookups }),
    rows: rowsOf(month.read),
    totals: about.totals,
    numbers: about.numbers,
    ...(typeof month.ledger === 'string' && { needsExports: month.ledger }),
    files: folder.marks.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });
  await put(folder, MANIFEST_NAME, [manifestJson(manifest, sha256)]);
  folder.commit();
  return manifest;
}
