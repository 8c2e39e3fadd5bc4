/** Names of a simulation's JSON that are not there in every simulation, so that rules know them all the same. */
import { fields, type Names } from '../../core/checks/names.ts';
import { RATE_NAMES } from '../../core/simulation/outcomes.ts';

const ACCOUNT: Names = { fields: fields('account', 'before', 'after') };
const RATES: Names = { fields: fields(...RATE_NAMES) };
const INTERVALS: Names = { fields: Object.fromEntries(RATE_NAMES.map((rate) => [rate, { entry: {} }])) };
const RANKING: Names = {
  fields: Object.fromEntries(RATE_NAMES.map((rate) => [rate, { fields: fields('best', 'certainty') }])),
};
const CHANGES: Names = { fields: { ...fields('value'), changes: { values: RATES } } };

const SCENARIO: Names = {
  fields: {
    alarm: { fields: { ...fields('code'), months: { entry: {} } } },
    intervals: INTERVALS,
    planMix: { entry: { fields: fields('plan', 'start', 'end') } },
    deltas: { fields: { largest: { fields: { winners: { entry: ACCOUNT }, losers: { entry: ACCOUNT } } } } },
    priceChange: {
      fields: fields('dearer', 'cheaper', 'meanRise', 'usageChange', 'grandfathered', 'forgone'),
    },
    policies: { fields: { grandfather: { fields: fields('months', 'above') } } },
    freeTier: { fields: fields('requests', 'requestsPerSecond') },
    leftOut: { entry: { fields: fields('tier', 'why') } },
  },
};

const WEEK: Names = { fields: fields('end', 'nrr') };
const PARAMETER: Names = { fields: { ...fields('parameter'), low: CHANGES, high: CHANGES } };

export const SIMULATION_NAMES: Names = {
  fields: {
    ...fields('replicates', 'seed'),
    scenarios: { values: SCENARIO },
    ranking: RANKING,
    uncertainty: {
      fields: {
        ...fields('draws'),
        scenarios: { values: { fields: { customers: INTERVALS, nextYear: INTERVALS } } },
        ranking: RANKING,
      },
    },
    policyWorth: { values: { values: RATES } },
    weeklyNrr: { values: { fields: { ...fields('alarm'), weeks: { entry: WEEK } } } },
    sensitivity: {
      fields: {
        parameters: { entry: PARAMETER },
        flips: { entry: { fields: fields('rate', 'parameter', 'value', 'from', 'to') } },
      },
    },
    population: { fields: { contracts: { entry: { fields: fields('account', 'requests') } } } },
    warnings: { entry: { fields: fields('code', 'message') } },
  },
};
