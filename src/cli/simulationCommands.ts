/** usage, simulate and calibrate: from raw exports to a pricing model. */
import { type Command, Option } from 'commander';
import type { CalibrateFlags } from './commands/calibrate.ts';
import type { SimulateFlags } from './commands/simulate.ts';
import type { UsageFlags } from './commands/usage.ts';
import type { ExitCode, Io } from './io.ts';
import { collected } from './options.ts';

type Helpers = {
  /** Adds what tells a command how to read exports. */
  readonly readingOptions: (command: Command) => Command;
  readonly trimIdsOption: () => Option;
  readonly assertOptionFlag: (name: string, bound: string) => Option;
  readonly warnOptionFlag: () => Option;
  readonly fileName: (text: string) => string;
  readonly wholeNumber: (text: string) => number;
  readonly flagsOf: <Flags>(command: Command) => Flags;
  readonly io: Io;
  readonly end: (code: ExitCode) => void;
};

export function addSimulationCommands(program: Command, helpers: Helpers): void {
  const { readingOptions, trimIdsOption, assertOptionFlag, warnOptionFlag, fileName, wholeNumber, flagsOf, io, end } =
    helpers;
  readingOptions(
    program
      .command('usage')
      .description('account-months out of raw exports: what simulate needs, in a small file')
      .argument(
        '<exports...>',
        'usage exports: CSV, TSV, NDJSON or JSON, plain, gzip or zstd; files, globs, - for standard input',
      )
      .option('--tiers <file>', 'tier file with meters and timezone (default: meter.yaml or tiers.yaml here)', fileName)
      .addOption(trimIdsOption())
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
      .option('--set <name=value>', 'override a value: behaviour.fee_anchor=0.45 (repeatable)', collected)
      .addOption(assertOptionFlag('scenarios.hybrid.nrr', '>= 1'))
      .addOption(warnOptionFlag())
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
      .option('--spend <file>', 'monthly infrastructure invoices (CSV): month,amount,utilisation', fileName)
      .option('--scenario <name>', 'scenario that the sign-ups met (default: the last)')
      .option('--months <n>', 'months that the targets are about', wholeNumber, 12)
      .option('--seed <n>', 'of the resamples', wholeNumber, 7)
      .option('--set <name=value>', 'override a value: behaviour.fee_anchor=0.45 (repeatable)', collected)
      .addOption(new Option('--format <name>', 'result as').choices(['table', 'json', 'yaml']))
      .option('-o, --output <file>', 'write there; .yaml is what simulate --parameters reads', fileName),
  ).action(async (files: string[], _flags, command: Command) => {
    const { calibrate } = await import('./commands/calibrate.ts');
    end(await calibrate(files, flagsOf<CalibrateFlags>(command), io));
  });
}
