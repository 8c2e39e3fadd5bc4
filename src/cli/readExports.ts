/** Reads the exports of a command, and says on stderr what became of their rows. */

import { Refusal, usageProblem } from '../app/refusal.ts';
import type { Decimal } from '../core/decimal.ts';
import type { Problem } from '../core/problem.ts';
import { groupDigits } from '../core/quantity.ts';
import { printable } from '../report/safeText.ts';
import { changeSince } from '../telemetry/fileState.ts';
import type { ReadRequest, ReadResult } from '../telemetry/reader.ts';
import type { Source } from '../telemetry/source.ts';
import { styleFor } from './colour.ts';
import type { Io } from './io.ts';
import { ProgressLine } from './progress.ts';
import { RejectsFile } from './rejectsFile.ts';
import { formatSummary, RejectGroups } from './rowSummary.ts';

/** Rejected rows that a run may have and still succeed: a number, or a share of the rows read. */
export type RejectLimit =
  | { readonly kind: 'rows'; readonly count: number }
  | { readonly kind: 'share'; readonly share: Decimal };

export type ReadFlags = {
  readonly maxRejects: RejectLimit;
  /** File for rejected rows, one JSON object a line. */
  readonly rejects?: string;
  /** Is given each rejected row in full, too. */
  readonly onReject?: ReadRequest['onReject'];
  readonly quiet?: boolean;
  readonly color?: boolean;
  /** Makes an error of each fault that is only stated otherwise. */
  readonly strict?: boolean;
};

/** Fails with exit code 3 if an input could not be read to its end, or too many rows were rejected. */
export async function readExports(
  request: Omit<ReadRequest, 'onReject' | 'signal'>,
  flags: ReadFlags,
  io: Io,
): Promise<ReadResult> {
  const { readUsage } = await import('../telemetry/readUsage.ts'); // not for commands that end before they read
  const style = styleFor(io, io.stderr, flags);
  const groups = new RejectGroups();
  const file = flags.rejects === undefined ? undefined : new RejectsFile(io, flags.rejects);
  const started = io.now();
  const progress = new ProgressLine(io, started);
  try {
    await file?.begin();
    const result = await readUsage({
      ...request,
      signal: io.signal,
      keepsRaw: file !== undefined || flags.onReject !== undefined,
      onProgress: (reached) => progress.show(reached),
      onReject: (reject) => {
        groups.add(reject);
        file?.add(reject);
        flags.onReject?.(reject);
      },
    });
    await file?.commit();
    progress.erase();
    io.stderr.write(groups.format(style));
    const isUnread = result.ledgers !== undefined && result.failures.length > 0;
    if (!flags.quiet && !isUnread)
      io.stderr.write(formatSummary(result, io.now() - started) + growthNotes(request.sources));
    if (result.failures.length > 0) throw new Refusal('input', result.failures);
    if (flags.strict && result.unendedSources.length > 0)
      throw new Refusal('input', result.unendedSources.map(noLineEnd));
    refuseRejects(result.rows, flags);
    return result;
  } catch (error) {
    progress.erase();
    await file?.discard();
    throw error;
  }
}

/** Files to which something was appended meanwhile: that is left to the next run. */
function growthNotes(sources: readonly Source[]): string {
  const notes = sources.flatMap((source) => {
    if (source.kind !== 'file' || !source.seen || source.entry) return [];
    const change = changeSince(source.path, source.seen, false);
    if (change.kind !== 'grown') return [];
    const [appended, size] = [change.appended, source.seen.size].map((bytes) => groupDigits(String(bytes)));
    return [`${printable(source.name)} grew by ${appended} bytes meanwhile: its first ${size} bytes were read\n`];
  });
  const shown = notes.slice(0, MOST_NOTES);
  return shown.join('') + (notes.length > shown.length ? `and ${notes.length - shown.length} more files grew\n` : '');
}

const MOST_NOTES = 10;

/** A last row that may be cut off: half a number is a number, too. */
function noLineEnd(file: string): Problem {
  return {
    severity: 'error',
    code: 'input/no-line-end',
    source: { file },
    message: 'the last row has no line end, so its last field may be cut off',
    hint: 'export the file again; if it is complete, add a line end, or run without --strict',
  };
}

/** Throws a Refusal if more rows were rejected than a run may have. */
export function refuseRejects(rows: ReadResult['rows'], flags: ReadFlags): void {
  if (isBeyond(rows, flags.maxRejects)) throw new Refusal('input', [tooManyRejects(rows, flags)]);
}

function isBeyond({ read, rejected }: ReadResult['rows'], limit: RejectLimit): boolean {
  return limit.kind === 'rows' ? rejected > limit.count : limit.share.times(read).lt(rejected);
}

function tooManyRejects(rows: ReadResult['rows'], flags: ReadFlags) {
  const count = (n: number) => groupDigits(String(n));
  const hint =
    flags.rejects === undefined
      ? 'repair them (--rejects FILE writes each in full), or allow them with --max-rejects'
      : `repair them in ${flags.rejects}, or allow them with --max-rejects`;
  return usageProblem(
    'too-many-rejects',
    `${count(rows.rejected)} of ${count(rows.read)} ${rows.read === 1 ? 'row' : 'rows'} ${rows.rejected === 1 ? 'was' : 'were'} rejected, no result was written`,
    hint,
  );
}
