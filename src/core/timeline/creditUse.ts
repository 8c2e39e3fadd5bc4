/**
 * When grants began to be drawn, and when they were used up, to the ledger's hour.
 *
 * What is drawn by an instant is what the invoice's own burn-down draws if usage stops there. So the charges before every
 * boundary of the burn-down are those of the invoice, up to that instant, and stay what they are then.
 */
import type { Instant } from '../calendar.ts';
import { type BurnDownInput, burnDown, type CreditUse } from '../credits/burnDown.ts';
import type { CreditGrant } from '../credits/grant.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import type { Billing } from '../invoice/billingRun.ts';
import { burnDownInputOf, chargesBefore } from '../invoice/payFromCredit.ts';
import type { Period } from '../period.ts';
import { rateStretch } from '../rating/rateStretch.ts';
import type { StretchView } from './stretchView.ts';

export type CreditEvent = {
  readonly kind: 'credit_pack_started' | 'credit_exhausted';
  readonly grant: CreditGrant;
  /** Before the period, or when it was bought. */
  readonly opening: Decimal;
  /** Drawn in the period up to the bucket's end. */
  readonly drawn: Decimal;
  readonly view: StretchView;
  readonly bucket: Period;
};

/** `views` are the stretches of the billing's period. */
export function creditEventsOf({ input, invoice }: Billing, views: readonly StretchView[]): CreditEvent[] {
  const begun = invoice.credits.filter(({ drawn }) => !drawn.isZero());
  if (begun.length === 0) return [];
  const drawing = new Drawing(input);
  return begun.flatMap((use) => {
    const { grant, opening } = use;
    const eventOf = (kind: CreditEvent['kind'], isReached: (drawn: Decimal) => boolean): CreditEvent[] => {
      for (const view of views) {
        const bucket = view.firstBucket((edge) => isReached(drawing.drawnBefore(edge, grant.id)));
        if (bucket) return [{ kind, grant, opening, view, bucket, drawn: drawing.drawnBefore(bucket.end, grant.id) }];
      }
      return [];
    };
    // A grant that an earlier period drew on has begun before.
    const isFresh = opening.eq(grant.amount);
    return [
      ...(isFresh ? eventOf('credit_pack_started', (drawn) => !drawn.isZero()) : []),
      ...(use.drawn.eq(opening) ? eventOf('credit_exhausted', (drawn) => drawn.eq(opening)) : []),
    ];
  });
}

class Drawing {
  private readonly input: Billing['input'];
  private readonly whole: BurnDownInput | undefined;
  private readonly rated: Parameters<typeof chargesBefore>[2];
  private readonly known = new Map<Instant, ReadonlyMap<string, CreditUse>>();

  constructor(input: Billing['input']) {
    const { currency, timezone } = input.rateCard;
    this.input = input;
    this.rated = input.stretches.map((stretch, position) =>
      rateStretch({ stretch, position, period: input.period, timezone, currency }),
    );
    this.whole = burnDownInputOf(input, this.rated);
  }

  /** What of a grant is drawn if nothing is used from `instant` on. */
  drawnBefore(instant: Instant, id: string): Decimal {
    let uses = this.known.get(instant);
    if (!uses) {
      uses = new Map(this.usesBefore(instant).map((use) => [use.grant.id, use]));
      this.known.set(instant, uses);
    }
    return uses.get(id)?.drawn ?? ZERO;
  }

  private usesBefore(instant: Instant): readonly CreditUse[] {
    if (!this.whole) return [];
    if (instant >= this.input.period.end) return burnDown(this.whole).uses;
    const { boundaries, charges } = this.whole;
    const stopped = chargesBefore(instant, this.input, this.rated);
    return burnDown({ ...this.whole, charges: boundaries.map((at, i) => (at <= instant ? charges[i]! : stopped)) })
      .uses;
  }
}
