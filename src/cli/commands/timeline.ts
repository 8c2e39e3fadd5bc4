import { Refusal, usageProblem } from '../../app/refusal.ts';
import { parseShare } from '../../config/texts.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { CodeOf } from '../../core/problemCodes.ts';
import { failed } from '../../core/quantity.ts';
import { timelineReportOf } from '../../library/render.ts';
import { TIMELINE_FORMATS, type TimelineFormatName } from '../../report/timeline/index.ts';
import { isUriReference } from '../../report/timeline/uriReference.ts';
import { readBillingRun } from '../billingRun.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, textFlag, wordsFlag } from '../flags/flag.ts';
import { billingFlags, EXPORTS, resultFlags } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';

const flags = {
  ...billingFlags,
  threshold: wordsFlag({
    value: 'share',
    help: 'shares of a limit to tell of, 80% 90% (default: those of the tier file)',
    detail: 'It takes every word behind it, so put the exports before it.',
  }),
  ...resultFlags(TIMELINE_FORMATS),
  source: textFlag({ value: 'uri', help: 'source of CloudEvents (default: /meter/timeline)' }),
} as const;
type TimelineFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'timeline',
  summary: 'when each customer reached a limit, and what to move to',
  operands: EXPORTS,
  flags,
  examples: [
    ['timeline usage.csv --tiers tiers.yaml --customers customers.csv', 'limits reached, as a table'],
    ['timeline usage.csv --threshold 80% 90%', 'and when 80% and 90% of them were used'],
    ['timeline usage.csv --format cloudevents', 'an event a line, to pass on'],
  ],
  run: ({ operands, flags: given, io }) => timeline(operands, given, io),
});

async function timeline(exports: readonly string[], flags: TimelineFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, { formats: TIMELINE_FORMATS });
  const thresholds = flags.threshold && thresholdsOption(flags.threshold);
  const source = sourceOption(flags, target.format);
  const wishes = { timeline: { thresholds } };
  const report = { ...timelineReportOf(await readBillingRun(exports, flags, io, wishes)), source };
  await putResult(target, TIMELINE_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  return EXIT.done;
}

function sourceOption({ source }: TimelineFlags, format: TimelineFormatName): string | undefined {
  if (source === undefined) return undefined;
  const refuse = (code: CodeOf<'usage'>, why: string, hint: string) => {
    throw new Refusal('usage', [usageProblem(code, why, hint)]);
  };
  if (format !== 'cloudevents')
    refuse('no-place-for-source', `--source has no place in ${format}`, 'use it with --format cloudevents');
  if (!isUriReference(source))
    refuse(
      'bad-source',
      `--source "${source}" is not a URI-reference`,
      'write an address or a path, such as https://meter.example.com/billing or /billing; other characters as %20',
    );
  return source;
}

/** `80% 90%` or `80%,90%`. */
function thresholdsOption(texts: readonly string[]): Decimal[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const share = parseShare(text);
      if (!failed(share) && !share.value.isZero()) return share.value;
      const reason = failed(share) ? share.reason : 'is reached by everyone';
      const hint = /^[\d.]+$/.test(text)
        ? `write ${text}%`
        : 'write shares of a limit, such as 80% 90%, and the exports before them';
      throw new Refusal('usage', [usageProblem('bad-threshold', `--threshold "${text}" ${reason}`, hint)]);
    });
}
