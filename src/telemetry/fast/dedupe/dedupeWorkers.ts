/** The work of deduplication that all threads of a run share (threads/workerPool.ts). */
import type { Problem } from '../../../core/problem.ts';
import type { EventLogShard } from '../ledger/eventLog.ts';
import type { FeedWatch } from '../scan/feed.ts';
import type { CandidatePairs } from './candidates.ts';
import type { JudgingJob } from './judging.ts';
import type { Review, ReviewJob } from './review.ts';

export type DedupeWorkers = {
  /** Searches the logs of all threads, each thread its share of the partitions. */
  findCandidates(
    logs: readonly EventLogShard[],
    yieldToEventLoop: FeedWatch['yieldToEventLoop'],
  ): Promise<CandidatePairs[]>;
  /** Reads rows of candidate pairs a second time; each thread claims the next task until there is none. */
  review(job: ReviewJob): Promise<Review[]>;
  /** Marks disputed rows; each thread claims the next task until there is none. Returns the problems of unreadable sources. */
  judge(job: JudgingJob): Promise<Problem[][]>;
};
