import { loadRateCard } from '../../config/loadRateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { formatProblems } from '../../report/problems.ts';
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
    const { rateCard, problems: found } = loadRateCard(await readConfigFile(file, io), file);
    problems.push(...found);
    if (!rateCard || flags.quiet) continue;
    const warnings = found.length === 0 ? '' : `, ${found.length} ${found.length === 1 ? 'warning' : 'warnings'}`;
    await writeOut(io, [`${file}: a valid tier file with ${[...rateCard.tiers.keys()].join(', ')}${warnings}\n`]);
  }
  if (problems.some(isError)) throw new CommandFailure(EXIT.usage, problems);
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
  return EXIT.done;
}
