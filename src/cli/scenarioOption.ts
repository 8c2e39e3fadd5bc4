/** The scenarios of `--scenarios`, or, without it, the shipped ones around the tier file; `--set` overrides single values. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type LoadedRateCard, loadRateCard } from '../config/loadRateCard.ts';
import { loadScenarios, type Scenarios, tierFilesOf } from '../config/loadScenarios.ts';
import { checkParameter, loadParameters } from '../config/readParameters.ts';
import { SHIPPED_SCENARIOS, scenariosAround } from '../config/shippedScenarios.ts';
import { didYouMean, isError, type Problem } from '../core/problem.ts';
import { BEHAVIOUR, COSTS, type ParameterSpec, type Parameters, writtenName } from '../core/simulation/parameters.ts';
import { isFree, POLICY_NAMES, type Policies, type PolicyName } from '../core/simulation/scenario.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { readConfigFile } from './inputs.ts';
import { EXIT, type Io } from './io.ts';
import { type WarningFlags, warn } from './warnings.ts';

export type ScenarioFlags = WarningFlags & {
  readonly scenarios?: string;
  readonly tiers?: string;
  /** File with behaviour and costs alone. */
  readonly parameters?: string;
  readonly set?: readonly string[];
};

export type ScenarioOption = Scenarios & {
  /** Whether the behaviour parameters are the shipped ones, which stand for no measured customers. */
  readonly isShippedBehaviour: boolean;
  /** They have been shown. */
  readonly warnings: readonly Problem[];
};

export async function loadScenariosOption(flags: ScenarioFlags, io: Io): Promise<ScenarioOption> {
  const { text, name, tierFiles } = await scenarioText(flags, io);
  const { loaded, problems } = loadScenarios(text, name, tierFiles);
  if (!loaded) throw new CommandFailure(EXIT.usage, problems.filter(isError));
  const given = flags.parameters === undefined ? undefined : await parameterFile(flags.parameters, loaded, io);
  const overridden = override({ ...loaded, ...(given && { parameters: given.parameters }) }, flags.set ?? []);
  const warnings = [...problems, ...(given?.warnings ?? []), ...overridden.warnings];
  warn(warnings, flags, io, EXIT.usage);
  return { ...overridden.scenarios, warnings, isShippedBehaviour: !given && !/^behaviour:/m.test(text) };
}

async function parameterFile(name: string, { parameters: base }: Scenarios, io: Io) {
  const { parameters, problems } = loadParameters(await readConfigFile(name, io), name, base);
  if (!parameters) throw new CommandFailure(EXIT.usage, problems.filter(isError));
  return { parameters, warnings: problems };
}

type ScenarioText = {
  readonly text: string;
  readonly name: string;
  readonly tierFiles: ReadonlyMap<string, LoadedRateCard>;
};

async function scenarioText(flags: ScenarioFlags, io: Io): Promise<ScenarioText> {
  const tierFiles = new Map<string, LoadedRateCard>();
  if (flags.scenarios !== undefined) {
    if (flags.tiers !== undefined) {
      const message = '--tiers and --scenarios are given: a scenarios file names its own tiers';
      throw new CommandFailure(EXIT.usage, [usageProblem('tiers-twice', message, 'write tiers: FILE in a scenario')]);
    }
    const text = await readConfigFile(flags.scenarios, io);
    return { text, name: flags.scenarios, tierFiles: await tierFilesBeside(flags.scenarios, text, io) };
  }
  const tiers = flags.tiers ?? ['meter.yaml', 'tiers.yaml'].find((file) => existsSync(resolve(io.cwd, file)));
  if (tiers === undefined) return { text: SHIPPED_SCENARIOS, name: 'shipped scenarios', tierFiles };
  if (flags.tiers === undefined && !flags.quiet) io.stderr.write(`using ${tiers} as the scenario hybrid\n`);
  const loaded = loadRateCard(await readConfigFile(tiers, io), tiers);
  const { rateCard, problems } = loaded;
  if (!rateCard) throw new CommandFailure(EXIT.usage, problems.filter(isError));
  tierFiles.set(tiers, loaded);
  const free = [...rateCard.tiers.values()].find(isFree);
  const text = scenariosAround(tiers, {
    currency: rateCard.currency.code,
    timezone: rateCard.timezone,
    hasRateLimit: free?.rateLimit !== undefined,
  });
  return { text, name: 'shipped scenarios', tierFiles };
}

/** The tier files that a scenarios file refers to, by the names it gives them. */
export async function tierFilesBeside(name: string, text: string, io: Io): Promise<Map<string, LoadedRateCard>> {
  const tierFiles = new Map<string, LoadedRateCard>();
  for (const file of tierFilesOf(text)) {
    const path = join(dirname(name), file);
    tierFiles.set(file, loadRateCard(await readConfigFile(path, io), path));
  }
  return tierFiles;
}

/** `behaviour.fee_anchor=0.45`, `costs.ticket=20`, `scenarios.hybrid.policies.notify=false`. */
function override(loaded: Scenarios, settings: readonly string[]): { scenarios: Scenarios; warnings: Problem[] } {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  let { parameters, scenarios } = loaded;
  for (const setting of settings) {
    const [, target, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    const fail = (code: string, message: string, hint?: string) =>
      problems.push(usageProblem(code, `--set ${setting}: ${message}`, hint));
    if (target === undefined || text === undefined) {
      fail('bad-setting', 'this is not NAME=VALUE', 'write for instance behaviour.fee_anchor=0.45');
      continue;
    }
    const policy = /^scenarios\.(.+)\.policies\.(\w+)$/.exec(target);
    if (policy) {
      const [name, key] = [policy[1]!, policy[2]! as PolicyName];
      const known = scenarios.map((scenario) => scenario.name);
      if (!known.includes(name)) fail('unknown-scenario', `there is no scenario ${name}`, hintFor(name, known));
      else if (!POLICY_NAMES.includes(key))
        fail('unknown-policy', `there is no policy ${key}`, hintFor(key, POLICY_NAMES));
      else if (text !== 'true' && text !== 'false') fail('bad-setting', `"${text}" is neither true nor false`);
      else {
        scenarios = scenarios.map((scenario) => {
          const policies: Policies = { ...scenario.policies, [key]: text === 'true' };
          return scenario.name === name ? { ...scenario, policies } : scenario;
        });
      }
      continue;
    }
    const spec = SETTINGS.get(target);
    if (!spec) {
      fail('unknown-parameter', 'there is no such parameter', hintFor(target, SETTINGS.keys()));
      continue;
    }
    const checked = checkParameter(target, spec.spec, text);
    if (checked.error) fail(checked.error.code, checked.error.message, checked.error.hint);
    else if ('value' in checked) parameters = spec.set(parameters, checked.value);
    if (checked.warning !== undefined)
      warnings.push({ severity: 'warning', code: 'usage/implausible', message: `--set ${checked.warning}` });
  }
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
  return { scenarios: { ...loaded, parameters, scenarios }, warnings };
}

type Setting = { readonly spec: ParameterSpec; set(parameters: Parameters, value: number): Parameters };

const SETTINGS: ReadonlyMap<string, Setting> = new Map([
  ...settingsOf('behaviour', BEHAVIOUR),
  ...settingsOf('costs', COSTS),
]);

function settingsOf(
  section: 'behaviour' | 'costs',
  table: Readonly<Record<string, ParameterSpec>>,
): (readonly [string, Setting])[] {
  return Object.entries(table).map(([name, spec]) => [
    `${section}.${writtenName(name)}`,
    {
      spec,
      set: (parameters, value) => ({ ...parameters, [section]: { ...parameters[section], [name]: value } }),
    },
  ]);
}

function hintFor(word: string, candidates: Iterable<string>): string {
  const known = [...candidates];
  const meant = didYouMean(word, known) ?? known.find((name) => name.endsWith(`.${word}`));
  return meant ? `did you mean ${meant}?` : `known: ${known.join(', ')}`;
}
