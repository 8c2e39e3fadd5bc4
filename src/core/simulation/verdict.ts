/** What a comparison comes to: which scenario earns most, whether these data can tell, and what it hangs on. */
import { bestBySignups } from './money.ts';
import { isTold, type MeasureName, type Measures, type Ranked } from './ranking.ts';

/** Fewer accounts or months of history carry no verdict. */
export const LEAST_ACCOUNTS = 30;
export const LEAST_MONTHS = 6;

export type Verdict = {
  /**
   * `none`: too few customers or months. `alone`: there is one scenario. `tie`: all scenarios are equal in every line.
   * `undecided`: no difference that these data can tell. `depends`: on the number of sign-ups. `decided`: `best` earns most.
   */
  readonly state: 'none' | 'alone' | 'tie' | 'undecided' | 'depends' | 'decided';
  /** Those that earn most by `by`; empty without a verdict. */
  readonly best: readonly string[];
  readonly by: MeasureName;
  /**
   * Which scenario earns most by the sign-ups of a year, each followed as long as the customers: the first without any, each
   * further one from so many on. Empty where sign-ups are unknown.
   */
  readonly bySignups: readonly { readonly name: string; readonly from: number }[];
};

export type Judged = {
  readonly names: readonly string[];
  readonly measures: readonly Measures[];
  readonly ranking: readonly Ranked[];
  readonly accounts: number;
  /** Months of history that were observed. */
  readonly months: number;
};

export function verdictOf({ names, measures, ranking, accounts, months }: Judged): Verdict {
  const of = (measure: MeasureName) => ranking.find((ranked) => ranked.measure === measure);
  const by = of('total') ? 'total' : 'grossProfit';
  const base = of(by)!;
  const bySignups = measures.some(({ grossProfitPerSignup }) => grossProfitPerSignup === undefined)
    ? []
    : bestBySignups(
        measures.map(({ grossProfit, grossProfitPerSignup }, i) => ({
          ...{ name: names[i]!, base: grossProfit, perSignup: grossProfitPerSignup! },
        })),
      );
  const say = (state: Verdict['state'], best: readonly string[] = [], measure: MeasureName = by): Verdict => ({
    ...{ state, best, by: measure, bySignups },
  });
  if (names.length < 2) return say('alone');
  if (accounts < LEAST_ACCOUNTS || months < LEAST_MONTHS) return say('none');
  if (ranking.every(({ next }) => next === undefined)) return say('tie');
  const worth = of('grossProfitPerSignup');
  if (by === 'total' || !worth) return say(isTold(base) ? 'decided' : 'undecided', base.best);
  const areSame = base.best.some((name) => worth.best.includes(name)) || !isTold(worth);
  if (isTold(base)) return areSame ? say('decided', base.best) : say('depends');
  return isTold(worth) ? say('decided', worth.best, 'grossProfitPerSignup') : say('undecided', base.best);
}
