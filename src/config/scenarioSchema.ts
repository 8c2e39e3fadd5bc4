/** Schema of scenarios files, scalars as text. loadScenarios.ts gives the texts meaning. */
import { z } from 'zod';
import { BEHAVIOUR, BEHAVIOUR_NAMES, COSTS, type ParameterSpec, writtenName } from '../core/simulation/parameters.ts';
import { POLICIES, POLICY_NAMES } from '../core/simulation/scenario.ts';
import { nameText, plainText, quantityText } from './schemaTexts.ts';
import { tierFileSchema } from './tierSchema.ts';

const tierFile = tierFileSchema.shape;

function parameterTable(table: Readonly<Record<string, ParameterSpec>>, description: string) {
  const entries = Object.entries(table).map(([name, { symbol, unit, value, plausible, meaning }]) => [
    writtenName(name),
    plainText(`${meaning} (${symbol}, ${unit}). Default: ${value}, plausible: ${plausible.join(' to ')}`).optional(),
  ]);
  return z
    .strictObject(Object.fromEntries(entries) as Record<string, z.ZodOptional<z.ZodString>>)
    .optional()
    .meta({ description });
}

const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .meta({ description, jsonTypes: ['boolean'] });

const grandfather = z
  .union([
    z.strictObject({
      months: plainText('Months from month 0 on in which the list in force is billed', ['6']),
      above: plainText('Accounts whose mean bill rises by more than this are spared. Default: 25%', ['25%']).optional(),
    }),
    z.enum(['none']),
  ])
  .optional()
  .meta({ description: 'Accounts that become much dearer keep the list in force (the baseline) for a while' });

const policies = z.union([
  z.strictObject({
    ...(Object.fromEntries(POLICY_NAMES.map((name) => [name, flag(POLICIES[name])])) as Record<
      keyof typeof POLICIES,
      ReturnType<typeof flag>
    >),
    grandfather,
  }),
  z
    .array(z.enum(POLICY_NAMES as [string, ...string[]]))
    .meta({ description: 'The policies that are on; all others are off' }),
  z.enum(['all', 'none']),
]);

const scenario = z.strictObject({
  extends: plainText('Scenario of this file whose keys count where this one has none').optional(),
  description: plainText('What the scenario is').optional(),
  tiers: plainText('Tier file with its price terms, beside this file', ['tiers.yaml']).optional(),
  pricing_tiers: tierFile.pricing_tiers
    .optional()
    .meta({ description: 'Its price terms, as in a tier file: tiers by name, in the order of upgrades' }),
  free_tier: z
    .strictObject({
      requests: quantityText('Requests a month that cost nothing').optional(),
      rate_limit: plainText('Requests per second that the free tier admits', ['10/s']).optional(),
    })
    .optional()
    .meta({ description: 'What sign-ups may use. Default: the tier without fee and prices' }),
  annual: z
    .strictObject({
      share: plainText('Share of customers who take the annual plan in month 0', ['30%']),
      discount: plainText('Off twelve monthly fees, which are paid at once. Default: 0%', ['20%']).optional(),
    })
    .optional()
    .meta({ description: 'Annual plans beside the monthly ones: customers leave when their year ends. Default: none' }),
  policies: policies.optional().meta({ description: 'Policies that are on. Default: none' }),
});

export const scenarioFileSchema = z
  .strictObject({
    version: plainText('Version of this format: 1').optional(),
    currency: tierFile.currency,
    timezone: tierFile.timezone,
    meters: tierFile.meters,
    baseline: nameText('Scenario that the others are compared with. Default: the first').optional(),
    enterprise_requests: quantityText(
      'Requests a month above which a customer has a contract. Default: 20M',
    ).optional(),
    behaviour: parameterTable(BEHAVIOUR, 'How customers react; the same for every scenario'),
    costs: parameterTable(COSTS, 'What running and supporting it costs; the same for every scenario'),
    scenarios: z.record(z.string(), scenario).meta({ description: 'Pricing models to compare, by name' }),
  })
  .meta({ title: 'Scenarios file', description: 'Pricing models that meter simulate replays usage under' });

/** A file of parameters alone, as `meter calibrate` writes it. */
export const parameterFileSchema = scenarioFileSchema.pick({ version: true, behaviour: true, costs: true }).extend({
  uncertainty: z
    .strictObject({
      parameters: z
        .array(z.enum(BEHAVIOUR_NAMES.map(writtenName) as [string, ...string[]]))
        .meta({ description: 'Behaviour parameters that were calibrated' }),
      covariance: z
        .array(z.array(plainText('Covariance, row by row, on the scale without bounds')))
        .meta({ description: 'As many rows and columns as parameters' }),
    })
    .optional()
    .meta({ description: 'How calibrated parameters vary together' }),
});

export type ScenarioFile = z.infer<typeof scenarioFileSchema>;
