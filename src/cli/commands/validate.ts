import { loadRateCard } from '../../config/loadRateCard.ts';
import { isScenarioFile, loadScenarios } from '../../config/loadScenarios.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { formatProblems } from '../../report/problems.ts';
import { printable } from '../../report/safeText.ts';
import { styleFor } from '../colour.ts';
import { CommandFailure } from '../failure.ts';
import { readConfigFile } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeOut } from '../output.ts';
import { tierFilesBeside } from '../scenarioOption.ts';

/** Checks files without using them: problems to stderr, a line for each good file to stdout. */
export async function validate(
  files: readonly string[],
  flags: { color?: boolean; quiet?: boolean },
  io: Io,
): Promise<ExitCode> {
  const problems: Problem[] = [];
  for (const file of files) {
    const { content, problems: found } = await load(file, io);
    problems.push(...found);
    if (content === undefined || flags.quiet) continue;
    const warnings = found.length === 0 ? '' : `, ${found.length} ${found.length === 1 ? 'warning' : 'warnings'}`;
    await writeOut(io, [`${printable(file)}: ${content}${warnings}\n`]);
  }
  if (problems.some(isError)) throw new CommandFailure(EXIT.usage, problems);
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
  return EXIT.done;
}

/** What a file holds, in words, if it is without errors. */
type Loaded = { readonly content?: string; readonly problems: readonly Problem[] };

/** A file that cannot be read is a problem like any other: those of the others are shown, too. */
async function load(file: string, io: Io): Promise<Loaded> {
  try {
    const text = await readConfigFile(file, io);
    return isScenarioFile(text) ? await loadScenarioFile(file, text, io) : loadTierFile(file, text);
  } catch (error) {
    if (error instanceof CommandFailure) return { problems: error.problems };
    throw error;
  }
}

function loadTierFile(file: string, text: string): Loaded {
  const { rateCard, problems } = loadRateCard(text, file);
  if (!rateCard) return { problems };
  return { content: `a valid tier file with ${list(rateCard.tiers.keys())}`, problems };
}

async function loadScenarioFile(file: string, text: string, io: Io): Promise<Loaded> {
  const { loaded, problems } = loadScenarios(text, file, await tierFilesBeside(file, text, io));
  if (!loaded) return { problems };
  return { content: `a valid scenarios file with ${list(loaded.scenarios.map(({ name }) => name))}`, problems };
}

function list(names: Iterable<string>): string {
  return [...names].map(printable).join(', ');
}
