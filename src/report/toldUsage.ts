/** Lines of a run that follows usage: a customer's day or month, with an id that stays. */
import { printable, safeJson } from './safeText.ts';

/** `corrections`: how often it was told in another way before; 0: it is told for the first time. */
type ToldUsage = {
  readonly entry: {
    readonly kind: 'day' | 'month';
    readonly customer: string;
    readonly time: string;
    readonly usage: Readonly<Record<string, string>>;
    readonly peakDay?: string;
    readonly tenureMonths?: number | null;
  };
  readonly corrections: number;
};

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
