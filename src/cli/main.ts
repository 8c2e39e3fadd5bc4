/** The program: arguments in, exit code out. Commands are loaded when they are asked for. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { SchemaName } from '../config/schemas.ts';
import { Decimal } from '../core/decimal.ts';
import type { Problem } from '../core/problem.ts';
import { TIME_UNITS } from '../core/timestamp.ts';
import { formatProblems } from '../report/problems.ts';
import { printable } from '../report/safeText.ts';
import { ID_STYLES, SAMPLE_FORMATS } from '../sample/index.ts';
import { INPUT_FORMATS } from '../telemetry/formats.ts';
import { styleFor } from './colour.ts';
import type { CalibrateFlags } from './commands/calibrate.ts';
import type { InvoiceFlags } from './commands/invoice.ts';
import type { SampleFlags } from './commands/sample.ts';
import type { SimulateFlags } from './commands/simulate.ts';
import type { UsageFlags } from './commands/usage.ts';
import { CommandFailure } from './failure.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { ClosedPipe } from './output.ts';
import type { RejectLimit } from './readExports.ts';
import { VERSION } from './version.ts';

/** Runs the program once. `argv` without the interpreter and the script. Never throws, never ends the process. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = programFor(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, argv, io);
  }
}

function programFor(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('meter')
    .description('Prices edge-API infrastructure from its own telemetry.')
    .version(VERSION)
    .option('--no-color', 'no colours')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // What is wrong with an argument is told with the argument in it, which is text from somewhere else.
      writeErr: (text) => io.stderr.write(text.split('\n').map(printable).join('\n')),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .showHelpAfterError('(meter --help tells more)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 a check failed, 2 wrong flags or configuration, 3 bad input data, 70 a bug, 130 interrupted',
    );

  const flagsOf = <Flags>(command: Command): Flags => command.optsWithGlobals() as Flags;

  program
    .command('invoice')
    .description('what each customer owes')
    .argument('<exports...>', 'usage exports: CSV, TSV or NDJSON, plain or gzip; files, globs, - for standard input')
    .option('--tiers <file>', 'tier file (default: meter.yaml or tiers.yaml here)', fileName)
    .option('--customers <file>', 'customers file: CSV with customer_id,tier', fileName)
    .option('--tier <name>', 'tier of customers that the customers file does not mention')
    .option('--period <period>', '2026-10, 2026-10-01..2026-11-01 or all (default: every month in the exports)')
    .option('--customer <id...>', 'only these customers')
    .option('--explain', 'show the arithmetic and the rows behind every line')
    .option('--all', 'show lines of 0, too')
    .addOption(new Option('--format <name>', 'result as').choices(['table', 'json', 'ndjson', 'csv', 'md']))
    .option(
      '-o, --output <file>',
      'write there; the ending chooses the format; a directory gets a file for each invoice',
      fileName,
    )
    .addOption(rejectLimitOption())
    .option('--rejects <file>', 'write rejected rows there, one JSON object a line', fileName)
    .addOption(new Option('--input-format <name>', 'format of the exports').choices([...INPUT_FORMATS]))
    .option('--timezone <zone>', 'zone of timestamps that are written without one')
    .addOption(new Option('--time-unit <unit>', 'unit of timestamps that are numbers').choices([...TIME_UNITS]))
    .option('--no-dedupe', 'count every row, even if its event id was seen before')
    .option('--quiet', 'say nothing about the run')
    .action(async (exports: string[], _flags, command: Command) => {
      const { invoice } = await import('./commands/invoice.ts');
      end(await invoice(exports, flagsOf<InvoiceFlags>(command), io));
    });

  readingOptions(
    program
      .command('usage')
      .description('account-months out of raw exports: what simulate needs, in a small file')
      .argument('<exports...>', 'usage exports: CSV, TSV or NDJSON, plain or gzip; files, globs, - for standard input')
      .option('--tiers <file>', 'tier file with meters and timezone (default: meter.yaml or tiers.yaml here)', fileName)
      .option('-o, --output <file>', 'write there (CSV)', fileName),
  ).action(async (exports: string[], _flags, command: Command) => {
    const { usage } = await import('./commands/usage.ts');
    end(await usage(exports, flagsOf<UsageFlags>(command), io));
  });

  readingOptions(
    program
      .command('simulate')
      .description('which pricing model to run: the same customers under each')
      .argument('<histories...>', 'account-months as meter usage writes them, or raw exports; files, globs, -')
      .option('--tiers <file>', 'tier file: the scenario hybrid, beside the shipped flat and usage', fileName)
      .option('--scenarios <file>', 'scenarios file: pricing models, policies, behaviour and costs', fileName)
      .option('--parameters <file>', 'behaviour and costs, as meter calibrate writes them', fileName)
      .option('--signups <file>', 'sign-ups to the free tier: CSV; without them conversion is unknown', fileName)
      .option('--months <n>', 'months to simulate', wholeNumber, 12)
      .addOption(
        new Option('--engine <name>', 'ev: expected values; mc: Monte Carlo').choices(['ev', 'mc']).default('ev'),
      )
      .option('--reps <n>', 'replicates of the Monte Carlo engine', wholeNumber, 100)
      .option('--seed <n>', 'of Monte Carlo and bootstrap', wholeNumber, 7)
      .option('--bootstrap <n>', 'resamples behind the intervals; 0: no intervals', wholeNumber, 200)
      .option('--baseline <name>', 'scenario that the others are compared with (default: the first)')
      .option('--sensitivity', 'move every parameter through its plausible range')
      .option('--set <name=value...>', 'override a value: behaviour.fee_anchor=0.45')
      .option('--accounts <file>', 'write bills and changes of every account there (CSV)', fileName)
      .addOption(new Option('--format <name>', 'result as').choices(['table', 'json', 'csv', 'md', 'html']))
      .option('-o, --output <file>', 'write there; the ending chooses the format', fileName),
  ).action(async (exports: string[], _flags, command: Command) => {
    const { simulate } = await import('./commands/simulate.ts');
    end(await simulate(exports, flagsOf<SimulateFlags>(command), io));
  });

  readingOptions(
    program
      .command('calibrate')
      .description('behaviour parameters from your own history, or from published rates')
      .argument('<files...>', 'observed account-months with plan and churned; with --targets: account-months')
      .option('--targets <file>', 'rates that the scenarios should show: least squares', fileName)
      .option('--tiers <file>', 'tier file: the scenario hybrid, beside the shipped flat and usage', fileName)
      .option('--scenarios <file>', 'scenarios file: the price lists that were in force', fileName)
      .option('--parameters <file>', 'behaviour and costs to begin with', fileName)
      .option('--signups <file>', 'sign-ups: with a column converted, or for conversion targets', fileName)
      .option('--scenario <name>', 'scenario that the sign-ups met (default: the last)')
      .option('--months <n>', 'months that the targets are about', wholeNumber, 12)
      .option('--seed <n>', 'of the resamples', wholeNumber, 7)
      .option('--set <name=value...>', 'override a value: behaviour.fee_anchor=0.45')
      .addOption(new Option('--format <name>', 'result as').choices(['table', 'json', 'yaml']))
      .option('-o, --output <file>', 'write there; .yaml is what simulate --parameters reads', fileName),
  ).action(async (files: string[], _flags, command: Command) => {
    const { calibrate } = await import('./commands/calibrate.ts');
    end(await calibrate(files, flagsOf<CalibrateFlags>(command), io));
  });

  program
    .command('validate')
    .description('check tier files')
    .argument('<files...>', 'tier files')
    .option('--quiet', 'say nothing about good files')
    .action(async (files: string[], _flags, command: Command) => {
      const { validate } = await import('./commands/validate.ts');
      end(await validate(files, flagsOf(command), io));
    });

  program
    .command('schema')
    .description('the JSON Schema of a file format, for editors')
    .addArgument(
      program.createArgument('<name>', 'which').choices(['tiers', 'scenarios', 'targets'] satisfies SchemaName[]),
    )
    .action(async (name: SchemaName) => {
      const { schema } = await import('./commands/schema.ts');
      end(await schema(name, io));
    });

  program
    .command('sample')
    .description('deterministic demo telemetry of any size')
    .option('--customers <n>', 'customers (default: 200)', wholeNumber)
    .option('--months <n>', 'months (default: 1)', wholeNumber)
    .option('--rows <n>', 'rows (default: 500 for each customer and month)', wholeNumber)
    .option('--seed <n>', 'another seed gives other telemetry (default: 7)', wholeNumber)
    .option('--start <month>', 'first month (default: 2026-10)')
    .addOption(new Option('--format <name>', 'result as (default: csv)').choices([...SAMPLE_FORMATS]))
    .addOption(new Option('--ids <style>', 'event ids (default: short)').choices([...ID_STYLES]))
    .option('-o, --output <file>', 'write there', fileName)
    .action(async (_flags, command: Command) => {
      const { sample } = await import('./commands/sample.ts');
      end(await sample(flagsOf<SampleFlags>(command), io));
    });

  return program;
}

/** An empty name is a shell variable that is not set; as a path it would be the working directory. */
function fileName(text: string): string {
  if (text === '') throw new InvalidArgumentError('Write the name of a file.');
  return text;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

/** Options of commands that read raw exports. */
function readingOptions(command: Command): Command {
  return command
    .addOption(rejectLimitOption())
    .option('--rejects <file>', 'write rejected rows there, one JSON object a line', fileName)
    .addOption(new Option('--input-format <name>', 'format of the exports').choices([...INPUT_FORMATS]))
    .option('--timezone <zone>', 'zone of timestamps that are written without one')
    .addOption(new Option('--time-unit <unit>', 'unit of timestamps that are numbers').choices([...TIME_UNITS]))
    .option('--no-dedupe', 'count every row, even if its event id was seen before')
    .option('--quiet', 'say nothing about the run');
}

function rejectLimitOption(): Option {
  return new Option('--max-rejects <n>', 'rejected rows to put up with: a number or a share (100, 0.1%)')
    .default({ kind: 'rows', count: 0 } satisfies RejectLimit, '0')
    .argParser((text): RejectLimit => {
      const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
      if (share) return { kind: 'share', share: new Decimal(share[1]!).div(100) };
      if (/^\d{1,15}$/.test(text)) return { kind: 'rows', count: Number(text) };
      throw new InvalidArgumentError('Write a number of rows (100) or a share (0.1%).');
    });
}

function exitCodeOf(error: unknown, argv: readonly string[], io: Io): ExitCode {
  if (error instanceof ClosedPipe) return EXIT.done;
  if (io.signal.aborted) return EXIT.interrupted;
  // commander has said what was wrong; help and version end with its code 0
  if (error instanceof CommanderError) {
    if (error.code === 'commander.missingArgument' && argv.includes('--customer')) {
      io.stderr.write('hint: --customer takes every name behind it: put the exports before it\n');
    }
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof CommandFailure) {
    show(error.problems, argv, io);
    return error.exitCode;
  }
  const { stack = String(error) } = error as Error;
  io.stderr.write(
    `this is a bug in meter ${VERSION}, not in your input. Please report it with what you ran, and this:\n${stack}\n`,
  );
  return EXIT.bug;
}

function show(problems: readonly Problem[], argv: readonly string[], io: Io): void {
  const style = styleFor(io, io.stderr, { color: !argv.includes('--no-color') });
  io.stderr.write(formatProblems(problems, style));
}
