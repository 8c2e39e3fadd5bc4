/** What a simulation takes for granted: said with every result, because nothing in the numbers shows it. */

import { groupDigits } from '../../core/quantity.ts';
import { windowedMeters } from '../../core/rating/windows.ts';
import { BEHAVIOUR, BEHAVIOUR_NAMES, COST_NAMES, COSTS, writtenName } from '../../core/simulation/parameters.ts';
import type { SimulationInput } from '../../core/simulation/simulate.ts';
import { some } from '../words.ts';

/** How existing customers react to a price list that changes. */
function reactionTexts({
  priceReaction,
  migrationShock,
  demandReaction,
  allowancePull,
}: SimulationInput['parameters']['behaviour']): string[] {
  const stays = priceReaction === 0 && migrationShock === 0;
  const uses = demandReaction === 0 && allowancePull === 0;
  return [
    stays
      ? 'nobody leaves because a price changes: each price list counts as if it had always been in force (behaviour.price_reaction and behaviour.migration_shock are 0)'
      : `customers react to the change from the list in force (price_reaction ${priceReaction}, migration_shock ${migrationShock})`,
    uses
      ? 'everybody meets the same usage under every scenario: use does not react to its price (behaviour.demand_reaction is 0), and nobody is won or lost to competitors'
      : `use reacts to the mean bill (demand_reaction ${demandReaction}); nobody is won or lost to competitors`,
    ...(allowancePull > 0
      ? [`an allowance pulls use up by ${allowancePull}: without an experiment no data can say whether it does`]
      : []),
  ];
}

export function assumptionsOf(
  { scenarios, parameters, signups, population, bootstrap }: SimulationInput,
  isShippedBehaviour: boolean,
): string[] {
  const leftOut = scenarios.flatMap(({ name, leftOut: tiers }) =>
    tiers.map(({ tier, why }) => `${name}: ${tier} (${why})`),
  );
  const changed = [
    ...BEHAVIOUR_NAMES.filter((name) => parameters.behaviour[name] !== BEHAVIOUR[name].value).map(
      (name) => `behaviour.${writtenName(name)} ${parameters.behaviour[name]}`,
    ),
    ...COST_NAMES.filter((name) => parameters.costs[name] !== COSTS[name].value).map(
      (name) => `costs.${writtenName(name)} ${parameters.costs[name]}`,
    ),
  ];
  const withPrompts = scenarios.filter(({ policies }) => policies.notify).map(({ name }) => name);
  const windowed = new Set(scenarios.flatMap(({ plans }) => plans.flatMap(windowedMeters)));
  return [
    isShippedBehaviour
      ? 'behaviour parameters were not measured on these customers: meter calibrate fits them to your own history. The shipped ones were fitted to a published table of three pricing models (13 parameters, and 3 prices that the table leaves open, to 12 cells and 6 looser statements), on made-up reference customers whose size, growth and request rates were chosen with the table in view. That shows that one behaviour can give the table, not that it is so: with customers half or twice as large 5 or 6 of the 12 cells hold'
      : 'behaviour parameters are those of the scenarios file',
    ...(changed.length > 0 ? [`other than shipped: ${some(changed, 12)}`] : []),
    'one set of behaviour and cost parameters serves every scenario; only price terms and policies differ',
    ...reactionTexts(parameters.behaviour),
    ...(withPrompts.length > 0
      ? [
          `alerts reach customers and are acted on with probability ${parameters.behaviour.alertReach} (${some(withPrompts)}): most of the lead in churn rests on it`,
        ]
      : []),
    'gross margin says more about infrastructure than about prices: utilisation, spot share and waste move it more than any price list does',
    'what a sign-up is worth is taken from customers of its size, as if they had just come; one that never pays costs its use of the free tier',
    ...(bootstrap.replicates < 2 ? ['without resamples there are no intervals, and no alarms'] : []),
    ...scenarios.map(
      ({ name, freeTier }) =>
        `${name}: the free tier includes ${groupDigits(String(freeTier.requests))} requests a month and admits ${freeTier.requestsPerSecond} a second`,
    ),
    ...(windowed.size > 0
      ? [`limits by the day or week (${some([...windowed])}) are met by usage that is spread evenly over the days`]
      : []),
    ...(leftOut.length > 0 ? [`tiers without list prices take no part: ${some(leftOut)}`] : []),
    ...(signups === undefined ? ['no sign-ups were given: conversion is unknown'] : []),
    ...(population.egress < 0 ? ['egress is not metered: it costs and earns nothing'] : []),
  ];
}
