/** Lines of a run that follows usage: a customer's day or month, with an id that stays. */
import type { ToldUsage } from '../core/usage/toldUsage.ts';
import { printable, safeJson } from './safeText.ts';

export function toldUsageLine({ entry, corrections }: ToldUsage): string {
  const { kind, customer, time, usage, peakDay, tenureMonths } = entry;
  const first = [customer, time].map((part) => printable(part).replace(/[%/]/g, encodeURIComponent)).join('/');
  const line = {
    ...(corrections === 0 ? { id: first } : { id: `${first}/corrected/${corrections}`, corrected: first }),
    ...{ kind, customer, [kind]: time, usage },
    ...(kind === 'month' && { peakDayRequests: peakDay, tenureMonths }),
  };
  return `${safeJson(line)}\n`;
}
