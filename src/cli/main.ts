/** The program: arguments in, exit code out. Commands are loaded when they are asked for. */
import { Command, CommanderError, Option } from 'commander';
import type { SchemaName } from '../config/schemas.ts';
import type { Problem } from '../core/problem.ts';
import { formatProblems } from '../report/problems.ts';
import { printable } from '../report/safeText.ts';
import { ID_STYLES, SAMPLE_FORMATS } from '../sample/index.ts';
import { systemFault } from '../telemetry/outsideFault.ts';
import { styleFor } from './colour.ts';
import type { EstimateFlags } from './commands/estimate.ts';
import type { InvoiceFlags } from './commands/invoice.ts';
import type { SampleFlags } from './commands/sample.ts';
import type { TimelineFlags } from './commands/timeline.ts';
import { CommandFailure } from './failure.ts';
import { annotateProblems } from './github.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import {
  assertOptionFlag,
  fileName,
  readingOptions,
  rejectLimitOption,
  strictOption,
  trimIdsOption,
  warnOptionFlag,
  wholeNumber,
} from './options.ts';
import { ClosedPipe } from './output.ts';
import { addSimulationCommands } from './simulationCommands.ts';
import { VERSION } from './version.ts';

/** Written out here: the schemas themselves are loaded when one is asked for. */
const SCHEMA_NAMES: readonly SchemaName[] = [
  ...(['tiers', 'customers', 'mapping', 'edge', 'traffic', 'scenarios', 'targets'] as const),
];

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
      '\nExit codes: 0 done, 1 a check failed, 2 wrong flags, configuration or output,\n3 bad input data, 70 a bug, 130 interrupted',
    );

  const flagsOf = <Flags>(command: Command): Flags => command.optsWithGlobals() as Flags;
  /** A command that reads exports, and what tells it how to bill them. */
  const billingCommand = (name: string) =>
    readingOptions(program.command(name))
      .argument(
        '<exports...>',
        'usage exports: CSV, TSV, NDJSON or JSON, plain, gzip or zstd; files, globs, - for standard input',
      )
      .option('--tiers <file>', 'tier file (default: meter.yaml or tiers.yaml here)', fileName)
      .option('--customers <file>', 'customers file: CSV or YAML with tiers, contracts and credits', fileName)
      .option('--tier <name>', 'tier of customers that the customers file does not mention')
      .option('--period <period>', '2026-10, 2026-10-01..2026-11-01 or all (default: the month of the exports)')
      .option('--allow-empty', 'bill a --period without rows, too')
      .addOption(trimIdsOption())
      .option('--customer <id...>', 'only these customers');

  billingCommand('invoice')
    .description('what each customer owes')
    .option('--explain', 'show the arithmetic and the rows behind every line')
    .option('--all', 'show lines of 0, too')
    .option('--timeline', 'and when they reached a limit, from the same reading of the exports')
    .addOption(new Option('--format <name>', 'result as').choices(['table', 'json', 'ndjson', 'csv', 'md', 'focus']))
    .option(
      '-o, --output <file>',
      'write there; the ending chooses the format; a directory gets a file for each invoice',
      fileName,
    )
    .addOption(assertOptionFlag('totals.total', '<= 500'))
    .addOption(warnOptionFlag())
    .addHelpText(
      'after',
      `
CSV has a row for each line, for what each credit paid and for tax: the amounts
of an invoice's rows add up to its total. tier, stretch_start and stretch_end
are the row's own, period is the month in the billing timezone; tax that prices
include is a row of 0 with the tax in tax_included. New columns come last.`,
    )
    .action(async (exports: string[], _flags, command: Command) => {
      const { invoice } = await import('./commands/invoice.ts');
      end(await invoice(exports, flagsOf<InvoiceFlags>(command), io));
    });

  billingCommand('timeline')
    .description('when each customer reached a limit, and what to move to')
    .option('--threshold <share...>', 'shares of a limit to tell of, 80% 90% (default: those of the tier file)')
    .addOption(
      new Option('--format <name>', 'result as').choices(['table', 'json', 'ndjson', 'csv', 'md', 'cloudevents']),
    )
    .option('--source <uri>', 'source of CloudEvents (default: /meter/timeline)')
    .option('-o, --output <file>', 'write there; the ending chooses the format', fileName)
    .action(async (exports: string[], _flags, command: Command) => {
      const { timeline } = await import('./commands/timeline.ts');
      end(await timeline(exports, flagsOf<TimelineFlags>(command), io));
    });

  addSimulationCommands(program, {
    readingOptions,
    trimIdsOption,
    assertOptionFlag,
    warnOptionFlag,
    fileName,
    wholeNumber,
    flagsOf,
    io,
    end,
  });

  program
    .command('estimate')
    .description('what a route configuration will cost')
    .argument('<files...>', 'edge.yaml, wrangler.toml, wrangler.json(c) or Kubernetes HTTPRoutes')
    .option('--tiers <file>', 'tier file (default: meter.yaml or tiers.yaml here)')
    .option('--tier <name>', "tier to bill on (default: the file's own)")
    .option('--traffic <file>', 'traffic by route, for files that tell none')
    .option('--usage <exports...>', 'learn from telemetry what the file leaves out')
    .option('--env <name>', 'environment of a Wrangler configuration, or all')
    .option('--period <month>', '2026-10 (default: a month of 30 days)')
    .option('--baseline <file>', 'compare with a saved estimate (JSON) or another configuration')
    .addOption(assertOptionFlag('total', '<= 500'))
    .addOption(warnOptionFlag())
    .option('--watch', 'estimate again whenever a file changes')
    .addOption(new Option('--format <name>', 'result as').choices(['table', 'json', 'md', 'csv', 'html']))
    .option('-o, --output <file>', 'write there; the ending chooses the format')
    .addOption(rejectLimitOption())
    .option('--timezone <zone>', 'zone of timestamps of --usage that are written without one')
    .addOption(strictOption())
    .option('--quiet', 'say nothing about the run')
    .action(async (files: string[], _flags, command: Command) => {
      const { estimate } = await import('./commands/estimate.ts');
      end(await estimate(files, flagsOf<EstimateFlags>(command), io));
    });

  program
    .command('validate')
    .description('check tier, customers and scenarios files, route configurations and all other files of meter')
    .argument('<files...>', 'files of any kind: meter sees which it is')
    .option(
      '--tiers <file>',
      'tier file to check the others against (default: the first of the files, or the one here)',
      fileName,
    )
    .addOption(strictOption())
    .option('--quiet', 'say nothing about good files')
    .action(async (files: string[], _flags, command: Command) => {
      const { validate } = await import('./commands/validate.ts');
      end(await validate(files, flagsOf(command), io));
    });

  program
    .command('schema')
    .description('the JSON Schema of a file format, for editors')
    .addArgument(program.createArgument('<name>', 'which').choices(SCHEMA_NAMES))
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
  const fault = systemFault(error);
  if (fault) {
    show([fault.problem], argv, io);
    return fault.origin === 'input' ? EXIT.badInput : EXIT.usage;
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
  annotateProblems(problems, io);
}
