/** The verdict in words: which, how sure, why, whom it costs what, what would turn it over, what to do next. */
import { listed } from '../../core/listed.ts';
import { areEqual, isTold, type MeasureName, type Measures, type Ranked } from '../../core/simulation/ranking.ts';
import { POLICY_NAMES, type Policies } from '../../core/simulation/scenario.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import { LEAST_ACCOUNTS, LEAST_MONTHS, type Verdict } from '../../core/simulation/verdict.ts';
import { counted, countText, percentText } from '../words.ts';
import { measureLabel, type SimulationReport } from './report.ts';
import { amountText } from './words.ts';

/** `label`: the question that `text` answers. */
export type Answer = { readonly label: string; readonly text: string };

type Set = { readonly ranking: readonly Ranked[]; readonly verdict: Verdict };

export function verdicts(report: SimulationReport): Answer[] {
  const { result } = report;
  const { equal, verdict } = result;
  if (verdict.state === 'alone' || verdict.state === 'none')
    return [{ label: 'which', text: whichText(report, result) }, ...alarms(report), ...next(report)];
  const terms = termsText(equal.policies, equal.requestsPerSecond);
  const twinsIn = (set: Set) => (set.verdict.state === 'tie' ? '' : twins(report));
  const lists: Answer[] = equal.isGiven
    ? [{ label: 'which', text: `${whichText(report, equal)} (${terms} for all)${twinsIn(equal)}` }]
    : [
        {
          label: 'which prices',
          text: `the scenarios do not have the same policies; with ${terms} for all, ${whichText(report, equal)}${twinsIn(equal)}`,
        },
        { label: 'as given', text: `each with policies of its own: ${whichText(report, result)}` },
      ];
  return [
    ...lists,
    ...(equal.verdict.state === 'tie' ? [] : [{ label: 'how sure', text: sureText(report, equal) }]),
    ...why(report, equal.isGiven ? '' : 'prices alone: ', equal),
    ...(equal.isGiven ? [] : why(report, 'as given: ', result)),
    ...policies(report),
    ...costs(report),
    ...alarms(report),
    ...(verdict.state === 'tie' ? [] : turns(report)),
    ...next(report),
  ];
}

/** Who earns most, in money. */
function whichText(report: SimulationReport, { ranking, verdict }: Set): string {
  const amount = amountText(report);
  const { population } = report.result.input;
  const { state, best, by, bySignups } = verdict;
  const months = counted(population.horizon, 'month');
  if (state === 'alone') return 'there is one scenario, and nothing to compare it with';
  if (state === 'none') {
    const had = `${counted(population.accounts.length, 'account')} over ${counted(population.report.observedMonths, 'month')} of history`;
    return `no verdict from ${had}: it takes ${LEAST_ACCOUNTS} accounts and ${LEAST_MONTHS} months`;
  }
  const names = listed(best);
  if (state === 'tie')
    return `${listed(report.result.outcomes.map(({ scenario }) => scenario.name))} are equal in every line`;
  const leader = find(ranking, by)!;
  if (state === 'undecided') {
    if (!leader.next) return `no difference that these data can tell between ${names}`;
    const { name, gap } = leader.next;
    return `no difference that these data can tell between ${names} and ${name}: ${amount(gap)} of ${measureLabel(by)} for ${names}${rangeText(report, leader)}`;
  }
  const base = find(ranking, 'grossProfit')!;
  const worth = find(ranking, 'grossProfitPerSignup');
  if (state === 'depends') {
    const steps = bySignups.map(({ name }, i) => {
      const to = bySignups[i + 1];
      if (i === 0) return `${name} up to ${countText(Math.ceil(to!.from))} sign-ups a year`;
      return to ? `${name} up to ${countText(Math.ceil(to.from))}` : `${name} beyond`;
    });
    return `best is ${steps.join(', ')}. From who is there ${listed(base.best)} earns ${leadText(report, base)} in ${months}, from each sign-up ${listed(worth!.best)} ${leadText(report, worth!)} in as long`;
  }
  const verb = best.length > 1 ? 'earn' : 'earns';
  const what = { total: 'from customers and new sign-ups', grossProfitPerSignup: 'from each sign-up' };
  const from = what[by as keyof typeof what] ?? 'from who is there';
  const lead = `${names} ${verb} most: ${from} ${leadText(report, leader)} in ${months}`;
  if (by === 'total') return lead;
  if (!worth) return `${lead}; what sign-ups are worth is unknown`;
  if (by === 'grossProfitPerSignup') return lead;
  return bySignups.length === 1
    ? `${lead}, and with any number of sign-ups`
    : `${lead}; these data cannot tell who earns more from a sign-up`;
}

/** `USD 567 000 more than hybrid, 95 % 520 000 to 610 000`. */
function leadText(report: SimulationReport, ranked: Ranked): string {
  const { next } = ranked;
  return next ? `${amountText(report)(next.gap)} more than ${next.name}${rangeText(report, ranked)}` : 'as much';
}

function rangeText(report: SimulationReport, { next }: Ranked): string {
  if (!next?.interval) return '';
  const [low, high] = next.interval.map((end) => amountText(report)(end).replace(`${report.currency.code} `, ''));
  return ` (95 %: ${low} to ${high})`;
}

function sureText(report: SimulationReport, { ranking, verdict }: Set): string {
  const { result } = report;
  const leads = askedBy(verdict).flatMap((measure) => {
    const { best, certainty } = find(ranking, measure)!;
    if (certainty === undefined) return [];
    const verb = best.length > 1 ? 'lead' : 'leads';
    return [`${listed(best)} ${verb} by ${measureLabel(measure)} in ${percentText(certainty, 0)}`];
  });
  const certainty =
    leads.length === 0 ? 'unknown without resamples' : `${listed(leads)} of resamples of these customers`;
  const far = Math.max(0, ...result.outcomes.map(({ farShare }) => farShare ?? 0));
  const strangers =
    far > 0.005
      ? `; for ${percentText(far, 0)} of those who would pay, no customer is like them within a factor of 2`
      : '';
  return `${certainty}. That is about which customers there are, not about whether they behave as assumed${strangers}${nextYearText(report)}`;
}

/** What a verdict is about. */
function askedBy({ state, by }: Verdict): readonly MeasureName[] {
  return state === 'depends' ? ['grossProfit', 'grossProfitPerSignup'] : [by];
}

/** How often the scenarios that earn most as given do so in next years that were drawn. */
function nextYearText({ uncertainty, result }: SimulationReport): string {
  if (!uncertainty) return '';
  const leads = askedBy(result.verdict).flatMap((measure) => {
    const { best, certainty } = find(uncertainty.ranking, measure) ?? { best: [], certainty: undefined };
    if (certainty === undefined) return [];
    const verb = best.length > 1 ? 'lead' : 'leads';
    return [`${listed(best)} ${verb} by ${measureLabel(measure)} in ${percentText(certainty, 0)}`];
  });
  return leads.length === 0
    ? ''
    : `; as given, ${listed(leads)} of next years with other parameters, customers, sign-ups and luck`;
}

/** Who is best by what. Nothing is best by every rate that does not earn most, too. */
function why({ result }: SimulationReport, label: string, { ranking }: Set): Answer[] {
  const byNames = new Map<string, string[]>();
  const untold: string[] = [];
  for (const ranked of ranking) {
    const { measure, best } = ranked;
    if (best.length === result.outcomes.length) continue;
    if (!isTold(ranked)) untold.push(measureLabel(measure));
    else byNames.set(listed(best), [...(byNames.get(listed(best)) ?? []), measureLabel(measure)]);
  }
  const parts = [...byNames].map(([names, labels], i) => {
    const verb = i > 0 ? '' : names.includes(' and ') ? 'are best ' : 'is best ';
    return `${names} ${verb}by ${listed(labels)}`;
  });
  if (untold.length > 0) parts.push(`no difference that these data can tell by ${listed(untold)}`);
  return parts.length === 0 ? [] : [{ label: 'why', text: `${label}${parts.join('; ')}` }];
}

/** Scenarios that are equal in every line. */
function twins({ result }: SimulationReport): string {
  const { outcomes, equal } = result;
  const groups = new Map<number, string[]>();
  for (const [s, { scenario }] of outcomes.entries()) {
    const first = equal.measured.findIndex(({ measures }) => areAlike(measures, equal.measured[s]!.measures));
    groups.set(first, [...(groups.get(first) ?? []), scenario.name]);
  }
  const texts = [...groups.values()].filter((names) => names.length > 1);
  return texts.map((names) => `. ${listed(names)} are equal in every line`).join('');
}

function areAlike(a: Measures, b: Measures): boolean {
  return (Object.keys(a) as MeasureName[]).every((name) => a[name] === b[name] || areEqual(a[name]!, b[name]!));
}

/** What policies add to prices, where the scenarios have them. */
function policies(report: SimulationReport): Answer[] {
  const amount = amountText(report);
  const texts = [...report.result.policyWorth].map(([name, { full, without }]) => {
    const none = without.find((variant) => variant.without === 'none')!.measures;
    const change = full.measures.grossProfit - none.grossProfit;
    return `${name} ${change < 0 ? '' : '+'}${amount(change)}`;
  });
  const months = report.result.input.population.horizon;
  return [
    {
      label: 'what policies add',
      text: `all of them together, to what is earned from who is there in ${counted(months, 'month')}: ${texts.join(', ')}`,
    },
  ];
}

/** Whom a change to each scenario costs what. */
function costs({ result, ...report }: SimulationReport): Answer[] {
  const { baseline } = result.input;
  const parts = result.outcomes
    .filter(({ scenario }) => scenario.name !== baseline)
    .map(({ scenario, deltas }) => {
      if (deltas.losers + deltas.winners === 0) return `${scenario.name}: nobody pays more or less`;
      const spared = deltas.grandfather;
      const rises =
        spared > 0
          ? `, ${countText(spared)} of them by more than a quarter, ${amountText(report)(deltas.grandfatherCost)} a month`
          : '';
      return `${scenario.name}: ${countText(deltas.losers)} pay more${rises}, ${countText(deltas.winners)} less`;
    });
  return parts.length === 0 ? [] : [{ label: 'whom it costs what', text: `against ${baseline}, ${parts.join('; ')}` }];
}

/** One alarm for all scenarios that have it. */
function alarms({ result }: SimulationReport): Answer[] {
  const falling = result.outcomes.filter(({ alarm }) => alarm);
  if (falling.length === 0) return [];
  const when = ({ scenario, alarm }: ScenarioOutcome) => `${scenario.name} (month ${alarm!.months[1]})`;
  const text = `price and value are misaligned: the revenue of those who are there shrinks under ${listed(falling.map(when))}`;
  return [{ label: 'alarm', text }];
}

function turns(report: SimulationReport): Answer[] {
  const { sensitivity, result } = report;
  const texts: string[] = [];
  const names = [...result.policyWorth.keys()];
  const bestOf = (of: (name: string) => number) => names.reduce((best, name) => (of(name) > of(best) ? name : best));
  const withAll = bestOf((name) => result.policyWorth.get(name)!.full.measures.grossProfit);
  const withNone = bestOf((name) => {
    const { without } = result.policyWorth.get(name)!;
    return without.find((variant) => variant.without === 'none')!.measures.grossProfit;
  });
  if (withAll !== withNone)
    texts.push(`without any policy ${withNone} earns most from who is there, with all of them ${withAll}`);
  if (!sensitivity) texts.push('parameters: --sensitivity moves each of them');
  else texts.push(...flipTexts(report));
  texts.push(...likelyTexts(report));
  return [{ label: 'what would turn it over', text: texts.join('; ') }];
}

function flipTexts({ sensitivity }: SimulationReport): string[] {
  if (sensitivity!.flips.length === 0)
    return ['no parameter, moved alone within its plausible range, makes another scenario the best by any measure'];
  return sensitivity!.flips.map(({ rate, parameter, value, from, to, chance }) => {
    const likely = chance === undefined ? '' : ` (so far or farther: ${percentText(chance, 1)})`;
    return `at ${parameter} of ${Number(value.toPrecision(3))}, ${to} overtakes ${from} by ${measureLabel(rate)}${likely}`;
  });
}

/** How likely it is that another scenario is the best one in the year that follows. */
function likelyTexts({ uncertainty, result }: SimulationReport): string[] {
  if (!uncertainty) return ['how likely that is: --uncertainty draws next years'];
  return askedBy(result.verdict).flatMap((measure) => {
    const lead = uncertainty.leads.find((drawn) => drawn.measure === measure);
    const best = find(result.ranking, measure)?.best;
    if (!lead || !best) return [];
    const others = result.outcomes.flatMap(({ scenario: { name } }, s) =>
      best.includes(name) ? [] : [{ name, share: lead.shares[s]! }],
    );
    const together = others.reduce((sum, { share }) => sum + share, 0);
    const each = others.filter(({ share }) => share > 0).map(({ name, share }) => `${name} ${percentText(share, 0)}`);
    const which = each.length > 0 ? `: ${listed(each)}` : '';
    return [
      `as given, another than ${listed(best)} is best by ${measureLabel(measure)} in ${percentText(together, 0)} of next years${which}`,
    ];
  });
}

/** The one thing that would make the answer surer, and what to do before a price changes. */
function next(report: SimulationReport): Answer[] {
  const { input, verdict } = report.result;
  const texts = [
    ...(report.isShippedBehaviour
      ? ["fit the behaviour to your own history with meter calibrate: the shipped one stands for nobody's customers"]
      : []),
    ...(input.signups === undefined ? ['give --signups: new customers may turn the answer over'] : []),
    ...(verdict.state === 'depends' ? ['say how many come with --signups-per-month'] : []),
    ...(verdict.state === 'undecided' ? ['give more months or customers, or choose by another criterion'] : []),
  ];
  return texts.length === 0 ? [] : [{ label: 'next', text: texts.join('; ') }];
}

/** `every policy on and a free tier of 50 requests/s`. */
export function termsText(policies: Policies, requestsPerSecond: number): string {
  const on = POLICY_NAMES.filter((name) => policies[name]);
  const { grandfather } = policies;
  const which =
    on.length === POLICY_NAMES.length ? 'all policies on' : on.length === 0 ? 'no policies' : `${listed(on)} on`;
  const spared = grandfather
    ? `, bills that rise by more than ${percentText(grandfather.above, 0)} grandfathered for ${counted(grandfather.months, 'month')}`
    : '';
  return `${which}${spared} and a free tier of ${requestsPerSecond} requests/s`;
}

function find(ranking: readonly Ranked[], measure: MeasureName): Ranked | undefined {
  return ranking.find((ranked) => ranked.measure === measure);
}
