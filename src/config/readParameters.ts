/** Behaviour and cost parameters, from a scenarios file or from a file of their own. */
import { isError, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf, type SharedCode } from '../core/problemCodes.ts';
import { failed, parseNumber } from '../core/quantity.ts';
import { lowerTriangle } from '../core/simulation/calibration/matrix.ts';
import type { Covariance } from '../core/simulation/parameterDraws.ts';
import {
  BEHAVIOUR,
  BEHAVIOUR_NAMES,
  COSTS,
  type ParameterSpec,
  type Parameters,
  writtenName,
} from '../core/simulation/parameters.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { parameterFileSchema } from './scenarioSchema.ts';
import { PRICE_MODEL_NAMES } from './tierSchema.ts';
import { readYaml } from './yamlFile.ts';

type ScenariosReader = ConfigReader<CodeOf<'scenarios'>>;

type Section = Readonly<Record<string, string | undefined>> | undefined;

/**
 * A file with `behaviour:` and `costs:` alone, as `meter calibrate` writes it; what it does not name stays as in
 * `base`.
 */
export function loadParameters(
  text: string,
  name: string,
  base: Parameters,
): {
  readonly parameters?: Parameters;
  readonly covariance?: Covariance | undefined;
  readonly problems: readonly Problem[];
} {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems };
  const checked = checkSchema(file, parameterFileSchema, { codeOf: codesOf('scenarios'), models: PRICE_MODEL_NAMES });
  const reader = new ConfigReader<CodeOf<'scenarios'>>(file, codesOf('scenarios'));
  const parameters = checked.tree && readParameters(checked.tree, reader, base);
  const covariance = checked.tree?.uncertainty && readCovariance(checked.tree.uncertainty, reader);
  const problems = [...checked.problems, ...reader.problems];
  return parameters && !problems.some(isError) ? { parameters, covariance, problems } : { problems };
}

/** Undefined, with a problem, if it is not positive definite. */
function readCovariance(
  texts: { readonly parameters: readonly string[]; readonly covariance: readonly (readonly string[])[] },
  reader: ScenariosReader,
): Covariance | undefined {
  const names = texts.parameters.map((name) => BEHAVIOUR_NAMES.find((one) => writtenName(one) === name)!);
  const matrix = texts.covariance.map((row) =>
    row.map((text) => {
      const number = parseNumber(text.replace(/^-/, ''));
      return failed(number) ? Number.NaN : number.value.toNumber() * (text.startsWith('-') ? -1 : 1);
    }),
  );
  const isSquare = matrix.length === names.length && matrix.every((row) => row.length === names.length);
  if (isSquare && lowerTriangle(matrix)) return { names, matrix };
  const message = `this is no covariance of ${names.length} parameters: as many rows and columns, positive definite`;
  reader.error('not-a-covariance', ['uncertainty', 'covariance'], message, 'write it as meter calibrate does');
  return undefined;
}

export function readParameters(
  tree: { readonly behaviour?: Section; readonly costs?: Section },
  reader: ScenariosReader,
  base: Parameters,
): Parameters {
  return {
    behaviour: readSection(tree.behaviour, 'behaviour', BEHAVIOUR, base.behaviour, reader),
    costs: readSection(tree.costs, 'costs', COSTS, base.costs, reader),
  };
}

function readSection<Name extends string>(
  texts: Section,
  section: 'behaviour' | 'costs',
  table: Readonly<Record<Name, ParameterSpec>>,
  base: Readonly<Record<Name, number>>,
  reader: ScenariosReader,
): Record<Name, number> {
  const values: Record<Name, number> = { ...base };
  for (const name of Object.keys(table) as Name[]) {
    const text = texts?.[writtenName(name)];
    if (text === undefined) continue;
    const path = [section, writtenName(name)];
    const checked = checkParameter(writtenName(name), table[name], text);
    if ('value' in checked) values[name] = checked.value;
    if (checked.error) reader.error(checked.error.code, path, checked.error.message, checked.error.hint);
    if (checked.warning) reader.warn('implausible', path, checked.warning, 'the result is an extrapolation');
  }
  return values;
}

export type CheckedParameter = { readonly warning?: string } & (
  | { readonly value: number; readonly error?: undefined }
  | {
      readonly error: {
        readonly code: 'out-of-range' | SharedCode<'numbers'>;
        readonly message: string;
        readonly hint?: string;
      };
    }
);

/**
 * A parameter's value from its text: refused where it has no meaning, taken with a warning where it is hard to believe.
 */
export function checkParameter(name: string, spec: ParameterSpec, text: string): CheckedParameter {
  const number = parseNumber(text.trim());
  if (failed(number)) {
    const { code, reason, hint } = number;
    return { error: { code, message: `${name}: "${text}" ${reason}`, ...(hint !== undefined && { hint }) } };
  }
  const value = number.value.toNumber();
  const [least, most] = spec.possible;
  if (value < least || value > most) {
    const range = most >= 1e12 ? `above ${least < 1e-6 ? 0 : least}` : `from ${least} to ${most}`;
    const message = `${name}: ${text} is outside what ${spec.symbol} (${spec.unit}) can be`;
    return { error: { code: 'out-of-range', message, hint: `write a number ${range}; the default is ${spec.value}` } };
  }
  const [low, high] = spec.plausible;
  if (value >= low && value <= high) return { value };
  return { value, warning: `${name}: ${text} is outside the plausible range of ${low} to ${high}` };
}
