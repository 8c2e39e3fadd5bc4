import { loadCustomers } from '../../config/customers/loadCustomers.ts';
import { loadRoutes } from '../../config/edge/index.ts';
import { kindOfFile } from '../../config/fileKind.ts';
import { loadRateCard } from '../../config/loadRateCard.ts';
import { loadScenarios } from '../../config/loadScenarios.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { formatProblems } from '../../report/problems.ts';
import { printable } from '../../report/safeText.ts';
import { styleFor } from '../colour.ts';
import { CommandFailure } from '../failure.ts';
import { annotateProblems } from '../github.ts';
import { readConfigFile, tierFileName } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeOut } from '../output.ts';
import { tierFilesBeside } from '../scenarioOption.ts';
import { asErrors, refuseWarnings } from '../warnings.ts';

/** What became of a file: what it is, in words, if it is good. */
type Checked = { readonly what?: string; readonly problems: readonly Problem[] };

/**
 * Checks files without using them: problems to stderr, a line for each good file to stdout.
 *
 * Customers files are checked against a tier file: that of `--tiers`, else the first of the files, else the one that other
 * commands would find here.
 */
export async function validate(
  files: readonly string[],
  flags: { tiers?: string; color?: boolean; quiet?: boolean; strict?: boolean },
  io: Io,
): Promise<ExitCode> {
  const problems: Problem[] = [];
  const texts = new Map<string, string>();
  for (const file of files) {
    try {
      texts.set(file, await readConfigFile(file, io));
    } catch (error) {
      // A file that cannot be read is a problem like any other: those of the others are shown, too.
      if (!(error instanceof CommandFailure)) throw error;
      problems.push(...error.problems);
    }
  }
  const kinds = new Map([...texts].map(([file, text]) => [file, kindOfFile(text, file)]));
  const tierFile = flags.tiers ?? [...kinds].find(([, kind]) => kind === 'tiers')?.[0];
  let rateCard: RateCard | undefined;
  if ([...kinds.values()].includes('customers')) {
    const { name } = tierFileName(tierFile, io);
    const loaded = loadRateCard(texts.get(name) ?? (await readConfigFile(name, io)), name);
    rateCard = loaded.rateCard;
    if (!texts.has(name)) problems.push(...loaded.problems.filter(isError));
  }
  for (const [file, text] of texts) {
    const kind = kinds.get(file);
    const checked =
      kind === 'customers'
        ? customersFile(text, file, rateCard)
        : kind === 'routes'
          ? routesFile(text, file)
          : kind === 'scenarios'
            ? await scenariosFile(text, file, io)
            : tiersFile(text, file);
    problems.push(...checked.problems);
    const warnings = checked.problems.length;
    if (checked.what === undefined || flags.quiet || (flags.strict && warnings > 0)) continue;
    const warned = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
    await writeOut(io, [`${printable(file)}: a valid ${checked.what}${warned}\n`]);
  }
  if (problems.some(isError)) throw new CommandFailure(EXIT.usage, flags.strict ? asErrors(problems) : problems);
  refuseWarnings(problems, flags, EXIT.usage);
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
  annotateProblems(problems, io);
  return EXIT.done;
}

function tiersFile(text: string, file: string): Checked {
  const { rateCard, problems } = loadRateCard(text, file);
  if (!rateCard) return { problems };
  return { what: `tier file with ${[...rateCard.tiers.keys()].map(printable).join(', ')}`, problems };
}

function routesFile(text: string, name: string): Checked {
  const { file, problems } = loadRoutes(text, name);
  if (!file) return { problems };
  return { what: `${file.kind} with ${file.routes.length} ${file.routes.length === 1 ? 'route' : 'routes'}`, problems };
}

/** Without a rate card, whose own problems are shown, nothing can be said of customers. */
function customersFile(text: string, file: string, rateCard: RateCard | undefined): Checked {
  if (!rateCard) return { problems: [] };
  const { customers, problems } = loadCustomers(text, file, rateCard);
  if (!customers) return { problems };
  return { what: `customers file with ${customers.size} ${customers.size === 1 ? 'customer' : 'customers'}`, problems };
}

async function scenariosFile(text: string, file: string, io: Io): Promise<Checked> {
  const { loaded, problems } = loadScenarios(text, file, await tierFilesBeside(file, text, io));
  if (!loaded) return { problems };
  return { what: `scenarios file with ${loaded.scenarios.map(({ name }) => printable(name)).join(', ')}`, problems };
}
