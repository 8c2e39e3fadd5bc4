import { type LoadedRateCard, loadRateCard } from '../../config/loadRateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { formatProblems } from '../../report/problems.ts';
import { printable } from '../../report/safeText.ts';
import { styleFor } from '../colour.ts';
import { CommandFailure } from '../failure.ts';
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
    const { rateCard, problems: found } = await load(file, io);
    problems.push(...found);
    if (!rateCard || flags.quiet) continue;
    const warnings = found.length === 0 ? '' : `, ${found.length} ${found.length === 1 ? 'warning' : 'warnings'}`;
    await writeOut(io, [
      `${printable(file)}: a valid tier file with ${[...rateCard.tiers.keys()].map(printable).join(', ')}${warnings}\n`,
    ]);
  }
  if (problems.some(isError)) throw new CommandFailure(EXIT.usage, problems);
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
  return EXIT.done;
}

/** A file that cannot be read is a problem like any other: those of the others are shown, too. */
async function load(file: string, io: Io): Promise<LoadedRateCard> {
  try {
    return loadRateCard(await readConfigFile(file, io), file);
  } catch (error) {
    if (error instanceof CommandFailure) return { problems: error.problems };
    throw error;
  }
}
