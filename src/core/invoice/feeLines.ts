/** The lines of a stretch's fee: for its months, or, of an annual fee, for the years that begin in it. */
import type { UnusedMonths } from '../catalog/feeYears.ts';
import type { Fee } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import { billingMonths, boundaryLabel, periodLabel } from '../period.ts';
import { coveredShare, shareText } from '../rating/coveredShare.ts';
import type { StretchContext } from '../rating/rateStretch.ts';
import type { FeeLine } from './invoice.ts';

type Written = Pick<FeeLine, 'description' | 'per'> & Partial<Pick<FeeLine, 'year' | 'isUnused'>>;
type AnnualFee = Fee & { readonly kind: 'annual' };

export function feeLines(context: StretchContext): FeeLine[] {
  const { stretch, period, timezone } = context;
  const { fee, name } = stretch.tier;
  if (fee.kind === 'none') return [];
  if (fee.kind === 'annual' && stretch.feeYears) return annualLines({ ...fee, kind: fee.kind }, context);
  const months = billingMonths(period, timezone).times(coveredShare(stretch.period, period, timezone));
  const share = shareText({ stretch: stretch.period, period, timezone });
  if (fee.kind === 'fixed')
    return [feeLine(context, months, fee.amount, { description: `${name}, monthly fee${share}`, per: 'month' })];
  const description = `${name}, a month's part of the annual fee${share}`;
  return [feeLine(context, months.dividedBy(Fraction.of(12)), fee.amount, { description, per: 'year' })];
}

/** The fee of the years that begin; where none does, how long it is paid for; and the months that are taken off. */
function annualLines({ amount }: AnnualFee, context: StretchContext): FeeLine[] {
  const { stretch, timezone } = context;
  const { begun, period, leftAt, unused } = stretch.feeYears!;
  const label = begun > 0 ? periodLabel(period, timezone) : `paid until ${boundaryLabel(period.end, timezone)}`;
  const left = leftAt === undefined ? '' : `; left ${boundaryLabel(leftAt, timezone)}, nothing is given back`;
  const description = `${stretch.tier.name}, annual fee, ${label}${left}`;
  const fee = feeLine(context, Fraction.of(begun), amount, { description, per: 'year', year: period });
  return unused ? [fee, unusedLine(unused, context)] : [fee];
}

function unusedLine({ tier, fee, months }: UnusedMonths, context: StretchContext): FeeLine {
  const description = `${tier}, ${months === 1 ? '1 month' : `${months} months`} of the annual fee not begun`;
  return feeLine(context, Fraction.of(-months, 12), fee, { description, per: 'year', isUnused: true });
}

function feeLine(
  { position, currency }: { readonly position: number; readonly currency: Currency },
  quantity: Fraction,
  unitPrice: Decimal,
  written: Written,
): FeeLine {
  const exact = quantity.times(Fraction.of(unitPrice));
  const amount = roundToMinorUnit(exact, currency);
  return { kind: 'fee', stretch: position, ...written, quantity, unitPrice, exact, amount };
}
