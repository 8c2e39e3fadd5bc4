/** What a simulation has to say, before it is put into a format. */
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { Currency } from '../../core/money.ts';
import type { Problem } from '../../core/problem.ts';
import type { MoneyName } from '../../core/simulation/money.ts';
import type { RateName } from '../../core/simulation/outcomes.ts';
import type { MeasureName } from '../../core/simulation/ranking.ts';
import type { Sensitivity } from '../../core/simulation/sensitivity.ts';
import type { SimulationResult } from '../../core/simulation/simulate.ts';
import type { Uncertainty } from '../../core/simulation/uncertainty.ts';
import type { WeeklyNrr } from '../../core/simulation/weeklyNrr.ts';
import type { TerminalPresentation } from '../render/terminal.ts';
import { percentText } from '../words.ts';

export type SimulationReport = {
  readonly result: SimulationResult;
  readonly sensitivity?: Sensitivity;
  /** Intervals of next year, where they were drawn. */
  readonly uncertainty?: Uncertainty;
  /** By scenario, where the telemetry is fine and long enough. */
  readonly weekly?: ReadonlyMap<string, WeeklyNrr>;
  readonly currency: Currency;
  readonly warnings: readonly Problem[];
  /** How rules about the simulation went. */
  readonly checks: readonly CheckOutcome[];
  /** True if no behaviour parameter comes from a file: they stand for nobody's customers. */
  readonly isShippedBehaviour: boolean;
  /** What was assumed, beyond the rules that always hold. */
  readonly assumptions: readonly string[];
};

export type SimulationFormat = (report: SimulationReport, presentation: TerminalPresentation) => Iterable<string>;

/** How a rate is shown. */
export const RATES: readonly {
  readonly name: RateName;
  readonly label: string;
  /** Digits after the point of the percentage; `number`: shown as a number. */
  readonly digits: number;
  readonly kind: 'percent' | 'number';
  readonly better: 'more' | 'less';
}[] = [
  { name: 'conversion', label: 'conversion', digits: 2, kind: 'percent', better: 'more' },
  { name: 'monthlyChurn', label: 'monthly churn', digits: 2, kind: 'percent', better: 'less' },
  { name: 'disputeRate', label: 'disputed invoices', digits: 2, kind: 'percent', better: 'less' },
  { name: 'ticketsPerAccountMonth', label: 'tickets per account-month', digits: 4, kind: 'number', better: 'less' },
  { name: 'grossMargin', label: 'gross margin', digits: 1, kind: 'percent', better: 'more' },
  { name: 'nrr', label: 'net revenue retention', digits: 1, kind: 'percent', better: 'more' },
  { name: 'grr', label: 'gross revenue retention', digits: 1, kind: 'percent', better: 'more' },
];

export type RateSpec = (typeof RATES)[number];

/** How an amount is named. */
export const MONEY_LABELS: Readonly<Record<MoneyName, string>> = {
  grossProfit: 'gross profit',
  runRate: 'yearly run rate',
  grossProfitPerSignup: 'gross profit of a sign-up',
  total: 'profit with new sign-ups',
};

export function measureLabel(name: MeasureName): string {
  return name in MONEY_LABELS ? MONEY_LABELS[name as MoneyName] : RATES.find((rate) => rate.name === name)!.label;
}

export function rateText({ kind, digits }: Pick<RateSpec, 'kind' | 'digits'>, value: number | undefined): string {
  if (value === undefined) return 'unknown';
  return kind === 'percent' ? percentText(value, digits) : value.toFixed(digits);
}

/** `+1.50`, in the rate's own unit (percentage points for percentages); `0` where nothing shows. */
export function deltaText({ kind, digits }: Pick<RateSpec, 'kind' | 'digits'>, delta: number | undefined): string {
  if (delta === undefined) return '';
  const text = (kind === 'percent' ? delta * 100 : delta).toFixed(digits);
  if (/^-?0(\.0*)?$/.test(text)) return '0';
  return delta > 0 ? `+${text}` : text.replace('-', '−');
}
