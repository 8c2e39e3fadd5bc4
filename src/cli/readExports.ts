/** Reads the exports of a command, and says on stderr what became of their rows. */
import type { Decimal } from '../core/decimal.ts';
import { safeJson } from '../report/safeText.ts';
import type { ReadRequest, ReadResult, Reject } from '../telemetry/reader.ts';
import { readUsage } from '../telemetry/readUsage.ts';
import { FAULTS } from '../telemetry/row.ts';
import { styleFor } from './colour.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { EXIT, type Io } from './io.ts';
import { AtomicFile } from './output.ts';
import { formatSummary, RejectGroups } from './rowSummary.ts';

/** How many rejected rows a run may have and still succeed: a number, or a share of the rows read. */
export type RejectLimit =
  | { readonly kind: 'rows'; readonly count: number }
  | { readonly kind: 'share'; readonly share: Decimal };

export type ReadFlags = {
  readonly maxRejects: RejectLimit;
  /** File for rejected rows, one JSON object a line. */
  readonly rejects?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
};

/** Fails with exit code 3 if an input could not be read to its end, or too many rows were rejected. */
export async function readExports(
  request: Omit<ReadRequest, 'onReject' | 'signal'>,
  flags: ReadFlags,
  io: Io,
): Promise<ReadResult> {
  const style = styleFor(io, io.stderr, flags);
  const groups = new RejectGroups();
  const file = flags.rejects === undefined ? undefined : new AtomicFile(io, flags.rejects);
  let writing: Promise<unknown> = Promise.resolve();
  const started = io.now();
  try {
    const result = await readUsage({
      ...request,
      signal: io.signal,
      onReject: (reject) => {
        groups.add(reject);
        if (!file) return;
        writing = writing.then(() => file.write(rejectLine(reject)));
        // Asked for below; until then a failure must not count as one that nobody looks at, and end the process.
        writing.catch(() => undefined);
      },
    });
    await writing;
    await file?.commit();
    io.stderr.write(groups.format(style));
    if (!flags.quiet) io.stderr.write(formatSummary(result, io.now() - started));
    if (result.failures.length > 0) throw new CommandFailure(EXIT.badInput, result.failures);
    if (isBeyond(result.rows, flags.maxRejects))
      throw new CommandFailure(EXIT.badInput, [tooManyRejects(result, flags)]);
    return result;
  } catch (error) {
    await writing.catch(() => undefined);
    await file?.discard();
    throw error;
  }
}

function rejectLine({ file, line, code, column, text, detail, raw }: Reject): string {
  return `${safeJson({ file, line, reason: code, message: FAULTS[code], column, text, detail, raw })}\n`;
}

function isBeyond({ read, rejected }: ReadResult['rows'], limit: RejectLimit): boolean {
  return limit.kind === 'rows' ? rejected > limit.count : limit.share.times(read).lt(rejected);
}

function tooManyRejects({ rows }: ReadResult, flags: ReadFlags) {
  const hint =
    flags.rejects === undefined
      ? 'repair them (--rejects FILE writes each in full), or allow them with --max-rejects'
      : `repair them in ${flags.rejects}, or allow them with --max-rejects`;
  return usageProblem(
    'too-many-rejects',
    `${rows.rejected} of ${rows.read} rows were rejected, no result was written`,
    hint,
  );
}
