/** Names of a simulation's JSON that are not there in every simulation, so that rules know them all the same. */
import { fields, type Names } from '../../core/checks/names.ts';
import { MONEY_NAMES } from '../../core/simulation/money.ts';
import { RATE_NAMES } from '../../core/simulation/outcomes.ts';

const ACCOUNT: Names = { fields: fields('account', 'before', 'after') };
const MEASURE_NAMES = [...RATE_NAMES, ...MONEY_NAMES];
const MEASURES: Names = { fields: fields(...MEASURE_NAMES) };
const INTERVALS: Names = { fields: Object.fromEntries(MEASURE_NAMES.map((name) => [name, { entry: {} }])) };
const RANKING: Names = {
  fields: Object.fromEntries(
    MEASURE_NAMES.map((name) => [
      name,
      {
        fields: {
          ...fields('best', 'certainty', 'next', 'gap'),
          tied: { entry: {} },
          gapInterval: { entry: {} },
        },
      },
    ]),
  ),
};
const VERDICT: Names = {
  fields: {
    ...fields('state', 'best', 'by', 'breakEvenSignups'),
    tied: { entry: {} },
    bySignups: { entry: { fields: fields('best', 'fromSignups') } },
  },
};
const CHANGES: Names = { fields: { ...fields('value'), changes: { values: MEASURES } } };

const POLICIES: Names = { fields: { grandfather: { fields: fields('months', 'above') } } };

const SCENARIO: Names = {
  fields: {
    alarm: { fields: { ...fields('code'), months: { entry: {} } } },
    intervals: INTERVALS,
    planMix: { entry: { fields: fields('plan', 'start', 'end') } },
    deltas: { fields: { largest: { fields: { winners: { entry: ACCOUNT }, losers: { entry: ACCOUNT } } } } },
    priceChange: {
      fields: fields('dearer', 'cheaper', 'meanRise', 'usageChange', 'grandfathered', 'forgone'),
    },
    annual: { fields: fields('share', 'discount', 'accounts', 'prepaid') },
    policies: POLICIES,
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
        leads: { fields: Object.fromEntries(MEASURE_NAMES.map((name) => [name, { values: {} }])) },
      },
    },
    verdict: VERDICT,
    equalPolicies: {
      fields: {
        policies: POLICIES,
        scenarios: { values: { fields: { ...fields(...MEASURE_NAMES), intervals: INTERVALS } } },
        ranking: RANKING,
        verdict: VERDICT,
      },
    },
    policyWorth: { values: { values: MEASURES } },
    weeklyNrr: { values: { fields: { ...fields('alarm'), weeks: { entry: WEEK } } } },
    sensitivity: {
      fields: {
        sample: { fields: fields('accounts', 'of', 'seed') },
        parameters: { entry: PARAMETER },
        flips: { entry: { fields: fields('rate', 'parameter', 'value', 'from', 'to', 'chance') } },
      },
    },
    population: { fields: { contracts: { entry: { fields: fields('account', 'requests') } } } },
    warnings: { entry: { fields: fields('code', 'message') } },
  },
};
