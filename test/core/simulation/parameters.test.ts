/** The table of parameters: each parameter acts on the answers that it names, and on no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BillAverages, Reaction, Reactions } from '../../../src/core/simulation/behaviour.ts';
import { costOf } from '../../../src/core/simulation/outcomes.ts';
import {
  type Answer,
  BEHAVIOUR,
  BEHAVIOUR_NAMES,
  type Behaviour,
  COST_NAMES,
  COSTS,
  changesWalks,
  DEFAULT_PARAMETERS,
  writtenName,
} from '../../../src/core/simulation/parameters.ts';
import { usageFactor } from '../../../src/core/simulation/priceChange.ts';
import { ALL_POLICIES, NO_POLICIES } from '../../../src/core/simulation/scenario.ts';
import { freeTierCost } from '../../../src/core/simulation/signupWorth.ts';
import { Sums } from '../../../src/core/simulation/sums.ts';
import { conversionRate, historiesOf, populationOf, scenarioOf, TIERS } from './support.ts';

const population = populationOf(
  historiesOf({ firstMonth: 24_300, accounts: ['a'], requests: [Array.from({ length: 16 }, () => 1000)] }),
);
const signups = [{ id: 's', attemptedRequests: 200_000, egressBytesPerRequest: 1e5, peakRequestsPerSecond: 15 }];
const scenarios = [TIERS.usage, TIERS.hybrid].map((tiers) => scenarioOf({ tiers, policies: ['notify', 'credits'] }));

/** All answers at situations in which every parameter matters: with and without alerts, an allowance, packs and prompts. */
function answersWith(behaviour: Behaviour, costs = DEFAULT_PARAMETERS.costs): Record<Answer, string> {
  const answers: Record<Answer, number[]> = {
    ...{ churn: [], disputes: [], tickets: [], plans: [], packs: [], usage: [] },
    conversion: scenarios.map((scenario) => conversionRate(population, signups, scenario, { behaviour, costs })),
    cost: [],
  };
  for (const policies of [ALL_POLICIES, { ...NO_POLICIES, notify: true }, { ...NO_POLICIES, credits: true }]) {
    const reactions = new Reactions(behaviour, policies);
    const month = { requests: 300_000, peakDayRequests: 60_000, expectedRequests: 260_000, tenure: 10 };
    reactions.begin(month, reactions.pressureOf(0.3, 1));
    answers.usage.push(usageFactor({ bill: 40, inForce: 30, isBelowAllowance: false }, behaviour));
    answers.usage.push(usageFactor({ bill: 20, inForce: 30, isBelowAllowance: true }, behaviour));
    const [own, next] = [averagesOf([40, 70, 90, 20], behaviour), averagesOf([80, 79, 95, 90], behaviour)];
    for (const terms of [
      { fee: 19, includedRequests: 200_000 },
      { fee: 0, includedRequests: 0 },
    ]) {
      for (const holdsPacks of [false, true]) {
        const reaction = new Reaction();
        const met = { terms, averages: own, bill: 200, throttling: 0.3, holdsPacks, isPrompted: true };
        reactions.reactTo(met, reaction);
        answers.churn.push(reaction.churn);
        answers.disputes.push(reaction.dispute);
        answers.tickets.push(reaction.tickets);
      }
    }
    answers.plans.push(reactions.advantageOfNext(own, next), behaviour.slowSwitching);
    answers.plans.push(
      reactions.takesUpgrade({ terms: { fee: 0, includedRequests: 0 }, own, ownBill: 200, next, nextBill: 99 }),
    );
    answers.packs.push(reactions.packAdoption());
    const sums = new Sums({ horizon: 1, plans: 1 });
    sums.values.fill(3);
    answers.cost.push(costOf(sums, costs, policies).total);
    const freeTier = { requests: 50_000, requestsPerSecond: 10 };
    answers.cost.push(freeTierCost(signups[0]!, { policies, freeTier }, costs, 12));
  }
  const texts = Object.entries(answers).map(([answer, numbers]) => [answer, numbers.join(' ')]);
  return Object.fromEntries(texts) as Record<Answer, string>;
}

function averagesOf(bills: readonly number[], { billMemory }: Behaviour): BillAverages {
  const averages = new BillAverages();
  averages.start(bills[0]!, bills[0]! - 19);
  for (const bill of bills.slice(1)) averages.learn(bill, bill - 19, billMemory);
  return averages;
}

const { costs } = DEFAULT_PARAMETERS;
/** With both reactions to a price change on: how fast a shock of 0 fades shows nowhere. */
const behaviour: Behaviour = { ...DEFAULT_PARAMETERS.behaviour, priceReaction: 0.5, migrationShock: 0.16 };
const before = answersWith(behaviour);
const differing = (after: Record<Answer, string>) =>
  (Object.keys(before) as Answer[]).filter((answer) => after[answer] !== before[answer]);

describe('a parameter acts on the answers that the table names', () => {
  test.each(BEHAVIOUR_NAMES)('%s', (name) => {
    const { plausible, value, actsOn } = BEHAVIOUR[name];
    const moved = plausible.filter((end) => end !== value);
    const found = moved.flatMap((end) => differing(answersWith({ ...behaviour, [name]: end })));
    expect([...new Set(found)].sort()).toEqual([...actsOn].sort());
  });

  test.each(COST_NAMES)('%s', (name) => {
    const found = COSTS[name].plausible.flatMap((end) => differing(answersWith(behaviour, { ...costs, [name]: end })));
    expect([...new Set(found)]).toEqual(['cost']);
  });
});

test('only the choice of a sign-up and costs need no walk over the accounts', () => {
  expect(BEHAVIOUR_NAMES.filter((name) => !changesWalks(BEHAVIOUR[name]))).toEqual([
    ...['priceSensitivity', 'riskAversion', 'genuineShare', 'prototypeSensitivity', 'productionRamp', 'forecastError'],
  ]);
  expect(COST_NAMES.filter((name) => changesWalks(COSTS[name]))).toEqual([]);
});

test('the page on the simulation names every parameter with symbol, default, unit, answers and meaning', () => {
  const page = readFileSync(new URL('../../../docs/how-the-simulation-thinks.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replace(/ (?=\d)|\*$/g, '')));
  for (const [name, spec] of [...Object.entries(BEHAVIOUR), ...Object.entries(COSTS)]) {
    const row = rows.find((cells) => cells[2] === `\`${writtenName(name)}\``);
    expect(row?.[1], name).toBe(spec.symbol);
    expect(Number(row?.[3]), name).toBe(spec.value);
    expect(row?.slice(4, 7), name).toEqual(
      [spec.unit, spec.actsOn.join(', '), spec.meaning].map((cell) => cell.replace(/ (?=\d)/g, '')),
    );
  }
});
