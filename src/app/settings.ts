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
  let { parameters, scenarios } = loaded;
  for (const setting of settings) {
    const [, target, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    const fail = (code: CodeOf<'usage'>, message: string, hint?: string) =>
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
  if (problems.length > 0) throw new Refusal('usage', problems);
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
