/** The reader that commands use. */
import { readUsage as readFast } from './fast/readUsage.ts';
import type { UsageReader } from './reader.ts';
import { readUsage as readPlainly } from './reference/readUsage.ts';

export const readUsage: UsageReader = (request) => {
  // The fast reader knows one billing period for everybody and no gaps between tiers: with it, usage while a customer was
  // on no tier would be counted as rated and be on no invoice.
  const needsSpans = request.spans !== undefined && request.spans.size > 0;
  return needsSpans ? readPlainly(request) : readFast(request);
};
