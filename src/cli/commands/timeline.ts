import { followedBilling } from '../../app/follow.ts';
import { FollowedTimeline, type TimelineState } from '../../app/followTimeline.ts';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { parseShare } from '../../config/texts.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { CodeOf } from '../../core/problemCodes.ts';
import { failed } from '../../core/quantity.ts';
import { timelineReportOf } from '../../library/render.ts';
import { cloudEventLine, eventId, toldLine } from '../../report/timeline/cloudEvents.ts';
import { TIMELINE_FORMATS, type TimelineFormatName } from '../../report/timeline/index.ts';
import { isUriReference } from '../../report/timeline/uriReference.ts';
import type { FollowedRows } from '../../telemetry/follow/followedRows.ts';
import { readBillingRun } from '../billingRun.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, textFlag, wordsFlag } from '../flags/flag.ts';
import { billingFlags, EXPORTS, resultFlags } from '../flags/groups.ts';
import { type Follower, follow, followFlags, onlyLines, refuseWithoutFollow } from '../following/follow.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { portsFor } from '../ports.ts';
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
  ...followFlags,
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
    ['timeline logs/ --follow --state timeline.state', 'each entry as soon as a row proves it'],
  ],
  run: ({ operands, flags: given, io }) => timeline(operands, given, io),
});

async function timeline(exports: readonly string[], flags: TimelineFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, { formats: TIMELINE_FORMATS });
  const thresholds = flags.threshold && thresholdsOption(flags.threshold);
  if (flags.follow) return followed(exports, flags, thresholds, io);
  refuseWithoutFollow(flags);
  const source = sourceOption(flags, target.format);
  const wishes = { timeline: { thresholds } };
  const report = { ...timelineReportOf(await readBillingRun(exports, flags, io, wishes)), source };
  await putResult(target, TIMELINE_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  return EXIT.done;
}

/** Formats with an entry a line. */
const LINES = { ndjson: toldLine, cloudevents: cloudEventLine } as const;

async function followed(
  exports: readonly string[],
  flags: TimelineFlags,
  thresholds: readonly Decimal[] | undefined,
  io: Io,
): Promise<ExitCode> {
  const { format = 'ndjson' } = flags;
  if (flags.output !== undefined) throw onlyLines('and -o names a file');
  if (format !== 'ndjson' && format !== 'cloudevents') throw onlyLines(`and ${format} has none`);
  const source = sourceOption(flags, format);
  const options = { ...flags, ...(thresholds && { thresholds }) };
  const asked = await followedBilling(options, portsFor(io, flags));
  const { terms, request } = asked;
  const { currency } = terms.rateCard;
  const { dimensions } = request;
  const meters = request.meters.map(({ name }) => name);
  const follower = (rows: FollowedRows, before: TimelineState | undefined): Follower<TimelineState> => {
    const input = { terms, rows, buckets: request.buckets, thresholds: asked.thresholds, idOf: eventId };
    const timeline = new FollowedTimeline(input, before);
    return {
      look: async (arrived, isOver) =>
        (await timeline.look(arrived, isOver)).map((told) => LINES[format](told, currency, source)),
      state: () => timeline.state(),
    };
  };
  return follow(exports, { request, stateOf: { what: 'timeline', kept: { meters, dimensions } }, follower }, flags, io);
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
