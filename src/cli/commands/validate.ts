import { isRouteFile, loadRoutes } from '../../config/edge/index.ts';
import { loadRateCard } from '../../config/loadRateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { formatProblems } from '../../report/problems.ts';
import { printable } from '../../report/safeText.ts';
import { styleFor } from '../colour.ts';
import { CommandFailure } from '../failure.ts';
import { annotateProblems } from '../github.ts';
import { readConfigFile } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeOut } from '../output.ts';

/** Checks files without using them: problems to stderr, a line for each good file to stdout. */
export async function validate(
  files: readonly string[],
  flags: { color?: boolean; quiet?: boolean },
  io: Io,
): Promise<ExitCode> {
  const problems: Problem[] = [];
  for (const file of files) {
    const { what, problems: found } = await load(file, io);
    problems.push(...found);
    if (what === undefined || flags.quiet) continue;
    const warnings = found.length === 0 ? '' : `, ${found.length} ${found.length === 1 ? 'warning' : 'warnings'}`;
    await writeOut(io, [`${printable(file)}: a valid ${printable(what)}${warnings}\n`]);
  }
  if (problems.some(isError)) throw new CommandFailure(EXIT.usage, problems);
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
  annotateProblems(problems, io);
  return EXIT.done;
}

/** What a file is, if it is good. One that cannot be read is a problem like any other: those of the others are shown, too. */
async function load(name: string, io: Io): Promise<{ what?: string; problems: readonly Problem[] }> {
  try {
    const text = await readConfigFile(name, io);
    if (isRouteFile(text, name)) {
      const { file, problems } = loadRoutes(text, name);
      const count = file?.routes.length === 1 ? '1 route' : `${file?.routes.length} routes`;
      return { ...(file && { what: `${file.kind} with ${count}` }), problems };
    }
    const { rateCard, problems } = loadRateCard(text, name);
    return { ...(rateCard && { what: `tier file with ${[...rateCard.tiers.keys()].join(', ')}` }), problems };
  } catch (error) {
    if (error instanceof CommandFailure) return { problems: error.problems };
    throw error;
  }
}
