import { builtInRateCard } from '../../app/builtInRateCard.ts';
import { lintContracts, lintFiles } from '../../app/lint.ts';
import { tierFileName } from '../../app/rateCardOption.ts';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { tierFilesBeside } from '../../app/scenarios.ts';
import { loadCustomers } from '../../config/customers/loadCustomers.ts';
import type { RoutesFile } from '../../config/edge/drafts.ts';
import { loadTrafficFile } from '../../config/edge/edgeYaml.ts';
import { loadRoutes } from '../../config/edge/index.ts';
import { readSavedEstimate } from '../../config/edge/savedEstimate.ts';
import { type FileKind, KINDS_IN_WORDS, kindOfFile } from '../../config/fileKind.ts';
import { loadMapping } from '../../config/loadMapping.ts';
import { type LoadedRateCard, loadRateCard } from '../../config/loadRateCard.ts';
import { loadScenarios } from '../../config/loadScenarios.ts';
import { loadTargets } from '../../config/loadTargets.ts';
import { loadParameters } from '../../config/readParameters.ts';
import { SHIPPED_SCENARIOS } from '../../config/shippedScenarios.ts';
import { showScenarios } from '../../config/showScenarios.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { DEFAULT_PARAMETERS } from '../../core/simulation/parameters.ts';
import { printable } from '../../report/safeText.ts';
import { VALIDATION_FORMATS, type ValidationReport } from '../../report/validation/index.ts';
import { readHistories } from '../../telemetry/history/readHistories.ts';
import { checkCases } from '../casesCheck.ts';
import { type Command, command, type globalFlags } from '../command.ts';
import { estimateProblems } from '../estimateProblems.ts';
import { type FlagsOf, fileFlag, switchFlag, textFlag } from '../flags/flag.ts';
import { resultFlags, strictFlag } from '../flags/groups.ts';
import { readConfigFile, sourcesOf, tierFileHere } from '../inputs.ts';
import type { ExitCode, Io } from '../io.ts';
import { writeOut } from '../output.ts';
import { portsFor } from '../ports.ts';
import { repositoryPath } from '../repositoryPath.ts';
import { readSettings } from '../settings/file.ts';
import { explainLint, putValidation, validationTarget } from '../validationResult.ts';

/** Result of checking a file. `what`: its kind in words, if it is good. */
type Checked = {
  readonly what?: string;
  /** The file with everything written out that it leaves to others. */
  readonly writtenOut?: () => string;
  readonly problems: readonly Problem[];
};

/** A file as it was read; `kind` is undefined where it is none that meter knows. */
type Given = { readonly file: string; readonly text: string; readonly kind: FileKind | undefined };

/** Files and commands that a file is checked against. */
type Beside = {
  readonly rateCard: RateCard | undefined;
  readonly traffic: RoutesFile | undefined;
  readonly scenarios: readonly string[];
  readonly commands: readonly Command[];
  readonly io: Io;
};

const flags = {
  tiers: fileFlag('tier file to check the others against (default: the first of the files, or the one here)'),
  strict: strictFlag,
  show: switchFlag('print scenarios files with everything written out that their scenarios extend'),
  quiet: switchFlag('say nothing about good files'),
  explain: textFlag({ value: 'code', help: 'explain a lint: what it finds, why, and the remedy' }),
  checklist: switchFlag('print the twelve points of the production checklist of each tier file'),
  ...resultFlags(VALIDATION_FORMATS),
} as const;
type ValidateFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'validate',
  summary: 'check tier, customers and scenarios files, route configurations and all other files of meter',
  operands: { name: 'files', help: 'files of any kind: meter sees which it is', count: 'any', isPath: true },
  flags,
  examples: [
    ['validate tiers.yaml customers.csv', 'each file, and the customers against the tiers'],
    ['validate --strict *.yaml', 'exit code 2 for a warning, too'],
    ['validate tiers.yaml --checklist', 'the twelve points of a price list that is ready for production'],
    ['validate --explain lint/cliff', 'one of the lints'],
  ],
  notes:
    'Warnings of a price list that are meant are silenced by a comment at the end of their line or above it: # meter-ignore lint/cliff and the reason. A comment without effect is reported.',
  run: async ({ operands, flags: given, io, commands }) => {
    if (given.explain !== undefined) return explainLint(given.explain, validationTarget(given), given, io);
    if (operands.length === 0) throw new Refusal('usage', [NO_FILES]);
    return validate(operands, given, io, await commands());
  },
});

const NO_FILES = usageProblem('no-files', 'no file to check was given', 'name files, or a lint with --explain');

/**
 * Checks files without using them: problems to stderr, a line for each good file to stdout.
 *
 * Customers, routes, mappings and histories are checked against a tier file: that of `--tiers`, else the first of the files, else
 * the one that other commands would find here. Customers need one; without one the others are checked as far as that goes.
 */
async function validate(
  files: readonly string[],
  flags: ValidateFlags,
  io: Io,
  commands: readonly Command[],
): Promise<ExitCode> {
  const { given, problems } = await filesOf(files, io);
  const tiers = await tiersBeside(given, flags.tiers, io);
  problems.push(...tiers.problems);
  const traffic = given.filter(({ kind }) => kind === 'traffic');
  const beside: Beside = {
    rateCard: tiers.loaded?.rateCard,
    // Which of several is meant for which routes is not known.
    traffic: traffic.length === 1 ? loadTrafficFile(traffic[0]!.text, traffic[0]!.file).file : undefined,
    scenarios: await scenarioNames(given, io),
    ...{ commands, io },
  };
  const all: (Given & Checked)[] = [];
  for (const one of given) all.push({ ...one, ...(await check(one, beside)) });
  if (flags.checklist && !all.some(({ kind }) => kind === 'tiers')) throw new Refusal('usage', [NO_TIER_FILE]);
  const target = validationTarget(flags);
  for (const { file, writtenOut } of flags.show ? all : [])
    if (writtenOut) await writeOut(io, [`# ${printable(file)}\n`, writtenOut()]);
  const linted = lintFiles(all, tiers.loaded);
  const report: ValidationReport = {
    files: linted.map((one, i) => ({ ...one, ...whatOf(all[i]!, one.problems) })),
    others: problems,
    isStrict: flags.strict === true,
    showsChecklist: flags.checklist === true,
    isQuiet: flags.quiet === true || (flags.show === true && all.some(({ writtenOut }) => writtenOut)),
    pathOf: (file) => repositoryPath(file, { cwd: io.cwd, workspace: io.env.GITHUB_WORKSPACE }),
  };
  return putValidation(report, target, flags, io);
}

const NO_TIER_FILE = usageProblem(
  'no-tiers',
  'the checklist is about a tier file, and none is among the files',
  'name a tier file',
);

/** The kind of a file without errors. */
function whatOf({ what }: Checked, problems: readonly Problem[]): { what?: string } {
  return what === undefined || problems.some(isError) ? {} : { what };
}

/** The files that can be read. One that cannot is a problem like any other: those of the others are shown, too. */
async function filesOf(files: readonly string[], io: Io): Promise<{ given: Given[]; problems: Problem[] }> {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const file of new Set(files)) {
    try {
      const text = await readConfigFile(file, io);
      given.push({ file, text, kind: kindOfFile(text, file) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push(...error.problems);
    }
  }
  return { given, problems };
}

/** The tier file that the others are checked against, with its errors if it is none of the files. */
async function tiersBeside(
  given: readonly Given[],
  flag: string | undefined,
  io: Io,
): Promise<{ loaded?: LoadedRateCard; problems: readonly Problem[] }> {
  const kinds = new Set(given.map(({ kind }) => kind));
  const own = flag ?? given.find(({ kind }) => kind === 'tiers')?.file;
  const isNeeded = kinds.has('customers');
  const isHelpful = (['routes', 'mapping', 'history'] as const).some((kind) => kinds.has(kind));
  if (!isNeeded && !(isHelpful && (own !== undefined || tierFileHere(io) !== undefined))) return { problems: [] };
  const name = own ?? tierFileName(portsFor(io, {}));
  const known = given.find(({ file }) => file === name);
  const loaded = loadRateCard(known?.text ?? (await readConfigFile(name, io)), name);
  return { loaded, problems: known ? [] : loaded.problems.filter(isError) };
}

/** The scenarios that targets may name: of the scenarios files that are given, else the shipped ones. */
async function scenarioNames(given: readonly Given[], io: Io): Promise<readonly string[]> {
  const files = given.filter(({ kind }) => kind === 'scenarios');
  if (files.length === 0)
    return loadScenarios(SHIPPED_SCENARIOS, 'shipped scenarios', new Map()).loaded!.scenarios.map(nameOf);
  const loaded = await Promise.all(
    files.map(
      async ({ text, file }) => loadScenarios(text, file, await tierFilesBeside(file, text, portsFor(io, {}))).loaded,
    ),
  );
  return loaded.flatMap((one) => one?.scenarios.map(nameOf) ?? []);
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

async function check({ text, file, kind }: Given, beside: Beside): Promise<Checked> {
  const meters = beside.rateCard?.meters ?? builtInRateCard().meters;
  switch (kind) {
    case 'tiers':
      return tiersFile(text, file);
    case 'customers':
      return customersFile(text, file, beside.rateCard);
    case 'routes':
      return routesFile(text, file, beside);
    case 'scenarios':
      return scenariosFile(text, file, beside.io);
    case 'traffic': {
      const loaded = loadTrafficFile(text, file);
      return checked(
        loaded.file && `traffic file with ${counted(loaded.file.routes.length, 'route')}`,
        loaded.problems,
      );
    }
    case 'parameters':
      return checked('parameters file', loadParameters(text, file, DEFAULT_PARAMETERS).problems);
    case 'targets': {
      const { targets, problems } = loadTargets(text, file, beside.scenarios);
      return checked(targets && `targets file with ${counted(targets.length, 'target')}`, problems);
    }
    case 'mapping':
      return checked('mapping file', loadMapping(text, file, meters).problems);
    case 'estimate': {
      const currency = beside.rateCard?.currency.code ?? /"currency"\s*:\s*"(\w+)"/.exec(text)?.[1] ?? '';
      return checked('saved estimate', readSavedEstimate(text, file, currency).problems);
    }
    case 'history': {
      const request = {
        sources: await sourcesOf([file], beside.io),
        meters: [...meters.values()],
        contractTiers: new Set<string>(),
      };
      const { rows, problems } = await readHistories(request);
      return checked(`account-month history with ${counted(rows, 'row')}`, problems);
    }
    case 'cases':
      return checkCases(file, beside.io);
    case 'export':
      return unknownKind(
        file,
        'this is a usage export, not one of the files that describe prices, customers or routes',
        'meter invoice checks its rows',
      );
    case undefined:
      return settingsFile(text, file, beside.commands);
  }
}

/** A file with a section of some command holds settings; any other is unknown. */
function settingsFile(text: string, file: string, commands: readonly Command[]): Checked {
  const { settings, problems } = readSettings(text, file, { commands, names: commands.map(nameOf) });
  if (settings.size === 0) return unknownKind(file, 'this is no file that meter knows', KINDS_IN_WORDS);
  return checked(`configuration of ${[...settings.keys()].join(', ')}`, problems);
}

function unknownKind(file: string, message: string, hint: string): Checked {
  return { problems: [{ severity: 'error', code: 'config/unknown-kind', source: { file }, message, hint }] };
}

function checked(what: string | undefined, problems: readonly Problem[]): Checked {
  return { ...(what !== undefined && { what }), problems };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function tiersFile(text: string, file: string): Checked {
  const { rateCard, problems } = loadRateCard(text, file);
  if (!rateCard) return { problems };
  return { what: `tier file with ${[...rateCard.tiers.keys()].map(printable).join(', ')}`, problems };
}

async function routesFile(text: string, name: string, { rateCard, traffic, io }: Beside): Promise<Checked> {
  const { file, problems } = loadRoutes(text, name);
  if (!file) return { problems };
  const what = `${file.kind} with ${counted(file.routes.length, 'route')}`;
  if (rateCard) return { what, problems: [...problems, ...(await estimateProblems(file, { rateCard, traffic, io }))] };
  const isOpen = file.tier !== undefined || file.checks.length > 0;
  return { what: isOpen ? `${what} (no tier file to check its tier and rules against)` : what, problems };
}

/** Without a rate card, whose own problems are shown, nothing can be said of customers. */
function customersFile(text: string, file: string, rateCard: RateCard | undefined): Checked {
  if (!rateCard) return { problems: [] };
  const { customers, problems } = loadCustomers(text, file, rateCard);
  if (!customers) return { problems };
  const cliffs = lintContracts(customers, rateCard, { text, file });
  return { what: `customers file with ${counted(customers.size, 'customer')}`, problems: [...problems, ...cliffs] };
}

async function scenariosFile(text: string, file: string, io: Io): Promise<Checked> {
  const tierFiles = await tierFilesBeside(file, text, portsFor(io, {}));
  const { loaded, problems } = loadScenarios(text, file, tierFiles);
  if (!loaded) return { problems };
  return {
    what: `scenarios file with ${loaded.scenarios.map(({ name }) => printable(name)).join(', ')}`,
    writtenOut: () => showScenarios(text, file, tierFiles, loaded),
    problems,
  };
}
