/** The scenarios of `--scenarios`, or, without it, the shipped price lists around the tier file; `--set` overrides single values. */
import { dirname, join } from 'node:path';
import { type LoadedRateCard, loadRateCard } from '../config/loadRateCard.ts';
import { loadScenarios, type Scenarios, tierFilesOf } from '../config/loadScenarios.ts';
import { loadParameters } from '../config/readParameters.ts';
import { type OwnList, priceLists, SHIPPED_SCENARIOS, scenariosAround } from '../config/shippedScenarios.ts';
import { isError, type Problem } from '../core/problem.ts';
import type { Covariance } from '../core/simulation/parameterDraws.ts';
import { BEHAVIOUR, BEHAVIOUR_NAMES } from '../core/simulation/parameters.ts';
import { isFree } from '../core/simulation/scenario.ts';
import type { Ports } from './ports.ts';
import { Refusal, usageProblem } from './refusal.ts';
import { override } from './settings.ts';

/** In the place of a scenarios file: the pricing models as they were published, each with policies of its own. */
export const PUBLISHED = 'published';

export type ScenarioOptions = {
  /** Name of a scenarios file, or {@link PUBLISHED}. */
  readonly scenarios?: string;
  readonly tiers?: string;
  /** File with behaviour and costs alone. */
  readonly parameters?: string;
  readonly set?: readonly string[];
};

export type LoadedScenarios = Scenarios & {
  /**
   * Whether the behaviour parameters of the files are the shipped ones, which stand for no measured customers. A file of costs alone
   * measures no behaviour, and neither does `--set`.
   */
  readonly isShippedBehaviour: boolean;
  /** How calibrated parameters vary together; absent: the parameters are not calibrated ones. */
  readonly covariance: Covariance | undefined;
  /** They have been shown. */
  readonly warnings: readonly Problem[];
};

/** `without`: the policies of the shipped scenarios where no scenarios file is given, equal for all or as published. */
export async function loadScenarioOptions(
  options: ScenarioOptions,
  ports: Ports,
  without: 'equal' | 'published' = 'published',
): Promise<LoadedScenarios> {
  const { text, name, tierFiles } = await scenarioText(options, ports, without);
  const { loaded, problems } = loadScenarios(text, name, tierFiles);
  if (!loaded) throw new Refusal('usage', problems.filter(isError));
  const given = options.parameters === undefined ? undefined : await parameterFile(options.parameters, loaded, ports);
  const overridden = override({ ...loaded, ...(given && { parameters: given.parameters }) }, options.set ?? []);
  const warnings = [...problems, ...(given?.warnings ?? []), ...overridden.warnings];
  ports.warn(warnings, 'usage');
  const { behaviour } = given?.parameters ?? loaded.parameters;
  const isShippedBehaviour = BEHAVIOUR_NAMES.every((key) => behaviour[key] === BEHAVIOUR[key].value);
  return { ...overridden.scenarios, covariance: given?.covariance, warnings, isShippedBehaviour };
}

async function parameterFile(name: string, { parameters: base }: Scenarios, ports: Ports) {
  const { parameters, covariance, problems } = loadParameters(await ports.readText(name), name, base);
  if (!parameters) throw new Refusal('usage', problems.filter(isError));
  return { parameters, covariance, warnings: problems };
}

type ScenarioText = {
  readonly text: string;
  readonly name: string;
  readonly tierFiles: ReadonlyMap<string, LoadedRateCard>;
};

async function scenarioText(
  options: ScenarioOptions,
  ports: Ports,
  without: 'equal' | 'published',
): Promise<ScenarioText> {
  const tierFiles = new Map<string, LoadedRateCard>();
  if (options.scenarios !== undefined) {
    if (options.tiers !== undefined) {
      const message = '--tiers and --scenarios are given: a scenarios file names its own tiers';
      throw new Refusal('usage', [usageProblem('tiers-twice', message, 'write tiers: FILE in a scenario')]);
    }
    if (options.scenarios === PUBLISHED) return { text: SHIPPED_SCENARIOS, name: 'shipped scenarios', tierFiles };
    const text = await ports.readText(options.scenarios);
    return { text, name: options.scenarios, tierFiles: await tierFilesBeside(options.scenarios, text, ports) };
  }
  const tiers = options.tiers ?? ports.tierFileHere();
  if (tiers === undefined) {
    const text = without === 'equal' ? priceLists() : SHIPPED_SCENARIOS;
    return { text, name: 'shipped scenarios', tierFiles };
  }
  if (options.tiers === undefined) ports.say(`using ${tiers} as the scenario hybrid\n`);
  const loaded = loadRateCard(await ports.readText(tiers), tiers);
  const { rateCard, problems } = loaded;
  if (!rateCard) throw new Refusal('usage', problems.filter(isError));
  tierFiles.set(tiers, loaded);
  const free = [...rateCard.tiers.values()].find(isFree);
  const own: OwnList = {
    file: tiers,
    currency: rateCard.currency.code,
    timezone: rateCard.timezone,
    freeRequests: free?.limits.get('requests')?.quantity.toNumber(),
    freeRate: free?.rateLimit?.perSecond.toNumber(),
  };
  return { text: (without === 'equal' ? priceLists : scenariosAround)(own), name: 'shipped scenarios', tierFiles };
}

/** The tier files that a scenarios file refers to, by the names it gives them. */
export async function tierFilesBeside(name: string, text: string, ports: Ports): Promise<Map<string, LoadedRateCard>> {
  const tierFiles = new Map<string, LoadedRateCard>();
  for (const file of tierFilesOf(text)) {
    const path = join(dirname(name), file);
    tierFiles.set(file, loadRateCard(await ports.readText(path), path));
  }
  return tierFiles;
}
