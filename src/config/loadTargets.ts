/** From the text of a targets file to targets, or to everything that is wrong with it. */
import { isError, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import type { Target, TargetRate } from '../core/simulation/calibration/targets.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { targetFileSchema } from './targetSchema.ts';
import { PRICE_MODEL_NAMES } from './tierSchema.ts';
import { type Path, readYaml } from './yamlFile.ts';

type TargetsReader = ConfigReader<CodeOf<'targets'>>;

/** Rate and tolerance by key of the file. */
const RATES: Readonly<Record<string, readonly [TargetRate, number]>> = {
  conversion: ['conversion', 0.02],
  monthly_churn: ['monthlyChurn', 0.02],
  dispute_rate: ['disputeRate', 0.06],
  gross_margin: ['grossMargin', 0.01],
  nrr: ['nrr', 0.01],
  grr: ['grr', 0.01],
  dispute_reduction: ['disputeReduction', 0.05],
  ticket_reduction: ['ticketReduction', 0.1],
};

export function loadTargets(
  text: string,
  name: string,
  scenarios: readonly string[],
): { readonly targets?: readonly Target[]; readonly problems: readonly Problem[] } {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems };
  const checked = checkSchema(file, targetFileSchema, { codeOf: codesOf('targets'), models: PRICE_MODEL_NAMES });
  const reader = new ConfigReader<CodeOf<'targets'>>(file, codesOf('targets'));
  const targets: Target[] = [];
  const known = new Map(scenarios.map((scenario) => [scenario, true]));
  for (const [scenario, rates] of Object.entries(checked.tree?.targets ?? {})) {
    reader.named(known, scenario, 'scenario', ['targets', scenario], 'key');
    for (const [key, given] of Object.entries(rates)) {
      const target =
        given === undefined ? undefined : readTarget(given, RATES[key]!, ['targets', scenario, key], reader);
      if (target) targets.push({ scenario, ...target });
    }
  }
  const problems = [...checked.problems, ...reader.problems];
  return problems.some(isError) ? { problems } : { targets, problems };
}

type TargetText = string | { readonly value: string; readonly tolerance?: string | undefined };

/** Undefined if a problem was reported. */
function readTarget(
  given: TargetText,
  [rate, usual]: (typeof RATES)[string],
  path: Path,
  reader: TargetsReader,
): Omit<Target, 'scenario'> | undefined {
  const { value: shown, tolerance: own } = typeof given === 'string' ? { value: given } : given;
  const value = reader.share(shown, typeof given === 'string' ? path : [...path, 'value']);
  const tolerance = own === undefined ? undefined : reader.share(own, [...path, 'tolerance']);
  if (value?.isZero() || tolerance?.isZero()) {
    const message = 'a target or tolerance of 0% cannot be missed by a share of it';
    reader.error('zero', path, message, 'write more than 0%');
    return undefined;
  }
  return value && { rate, value: value.toNumber(), tolerance: tolerance?.toNumber() ?? usual };
}
