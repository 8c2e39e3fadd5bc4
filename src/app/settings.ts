/** `--set`: single values of parameters and policies, in place of those of the files. */
import type { Scenarios } from '../config/loadScenarios.ts';
import { checkParameter } from '../config/readParameters.ts';
import { didYouMean, type Problem } from '../core/problem.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import { BEHAVIOUR, COSTS, type ParameterSpec, type Parameters, writtenName } from '../core/simulation/parameters.ts';
import { POLICY_NAMES, type Policies, type PolicyName } from '../core/simulation/scenario.ts';
import { Refusal, usageProblem } from './refusal.ts';

/** `behaviour.fee_anchor=0.45`, `costs.ticket=20`, `scenarios.hybrid.policies.notify=false`. */
export function override(
  loaded: Scenarios,
  settings: readonly string[],
): { scenarios: Scenarios; warnings: Problem[] } {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  let changed = loaded;
  for (const setting of settings) {
    const [, target, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    const applied =
      target === undefined || text === undefined
        ? refused('bad-setting', 'this is not NAME=VALUE', 'write for instance behaviour.fee_anchor=0.45')
        : applySetting(changed, target, text);
    if ('loaded' in applied) changed = applied.loaded;
    else problems.push(usageProblem(applied.code, `--set ${setting}: ${applied.message}`, applied.hint));
    if (applied.warning !== undefined)
      warnings.push({ severity: 'warning', code: 'usage/implausible', message: `--set ${applied.warning}` });
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
  return { scenarios: changed, warnings };
}

/** Result of a setting: the scenarios with it, or why it cannot be; either with a warning. */
type Applied = { readonly warning?: string | undefined } & (
  | { readonly loaded: Scenarios }
  | { readonly code: CodeOf<'usage'>; readonly message: string; readonly hint?: string | undefined }
);

function refused(code: CodeOf<'usage'>, message: string, hint?: string): Applied {
  return { code, message, hint };
}

function applySetting(loaded: Scenarios, target: string, text: string): Applied {
  const policy = /^scenarios\.(.+)\.policies\.(\w+)$/.exec(target);
  return policy
    ? applyPolicy(loaded, policy[1]!, policy[2]! as PolicyName, text)
    : applyParameter(loaded, target, text);
}

function applyPolicy(loaded: Scenarios, name: string, key: PolicyName, text: string): Applied {
  const known = loaded.scenarios.map((scenario) => scenario.name);
  if (!known.includes(name)) return refused('unknown-scenario', `there is no scenario ${name}`, hintFor(name, known));
  if (!POLICY_NAMES.includes(key))
    return refused('unknown-policy', `there is no policy ${key}`, hintFor(key, POLICY_NAMES));
  if (text !== 'true' && text !== 'false') return refused('bad-setting', `"${text}" is neither true nor false`);
  const scenarios = loaded.scenarios.map((scenario) => {
    const policies: Policies = { ...scenario.policies, [key]: text === 'true' };
    return scenario.name === name ? { ...scenario, policies } : scenario;
  });
  return { loaded: { ...loaded, scenarios } };
}

function applyParameter(loaded: Scenarios, target: string, text: string): Applied {
  const setting = SETTINGS.get(target);
  if (!setting) return refused('unknown-parameter', 'there is no such parameter', hintFor(target, SETTINGS.keys()));
  const checked = checkParameter(target, setting.spec, text);
  const { warning } = checked;
  if (checked.error) return { ...checked.error, warning };
  if (!('value' in checked)) return { loaded, warning };
  return { loaded: { ...loaded, parameters: setting.set(loaded.parameters, checked.value) }, warning };
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
