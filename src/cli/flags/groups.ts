/** Flags that several commands have, in groups. */
import { PUBLISHED } from '../../app/scenarios.ts';
import { Decimal } from '../../core/decimal.ts';
import { failed, parseQuantity } from '../../core/quantity.ts';
import { REPEATED_HOURS, TIME_UNITS } from '../../core/timestamp.ts';
import { parseSampleRate } from '../../core/usage/rowTerms.ts';
import { DELIMITERS, type Delimiter, INPUT_FORMATS } from '../../telemetry/formats.ts';
import { ENCODINGS } from '../../telemetry/source.ts';
import type { RejectLimit } from '../readExports.ts';
import {
  BadValue,
  choiceFlag,
  fileFlag,
  numberFlag,
  onUnless,
  repeatedFlag,
  switchFlag,
  textFlag,
  withFallback,
  wordsFlag,
} from './flag.ts';

export const EXPORTS = {
  name: 'exports',
  help: 'usage exports: CSV, TSV, NDJSON or JSON, plain, gzip, zstd or ZIP, Parquet, ledgers; files, globs, - for standard input',
  isPath: true,
} as const;

export const tiersFlag = fileFlag('tier file (default: meter.yaml or tiers.yaml here)', {
  detail: 'A meter.yaml that holds settings of commands is no tier file: then tiers.yaml is looked for.',
});

/** Several price lists may follow each other. */
export const priceListsFlag = {
  ...repeatedFlag({
    value: 'file',
    help: 'tier file (default: meter.yaml or tiers.yaml here); repeatable, or a glob: lists with valid_from',
    detail: 'A meter.yaml that holds settings of commands is no tier file: then tiers.yaml is looked for.',
  }),
  isPath: true,
} as const;

export const strictFlag = switchFlag('warnings are errors: no result is written');

export const quietFlag = switchFlag('say nothing about the run', {
  detail: 'Errors and failed rules are still shown.',
});

export const trimIdsFlag = switchFlag('blanks at the ends of customer ids are no part of them');

export const maxRejectsFlag = withFallback<RejectLimit>(
  textFlag({ value: 'n', help: 'rejected rows to put up with: a number or a share (100, 0.1%)' }, rejectLimit),
  { kind: 'rows', count: 0 },
  '0',
);

const zoneFlag = textFlag({
  value: 'zone',
  help: 'zone of timestamps that are written without one',
  detail: 'An IANA name such as Europe/Vienna. Months are billed in the zone of the tier file.',
});

/** Flags for reading exports. */
export const readingFlags = {
  maxRejects: maxRejectsFlag,
  rejects: fileFlag('write rejected rows there, one JSON object a line'),
  inputFormat: choiceFlag(INPUT_FORMATS, {
    help: 'format of the exports',
    detail: 'Without it each export is recognised by its first bytes.',
  }),
  inputSeparator: textFlag(
    {
      value: 'sign',
      help: 'sign between the fields of CSV: , or ; or | or tab',
      detail: 'Without it, the sign is taken that makes the expected columns of the header.',
    },
    separator,
  ),
  encoding: choiceFlag(ENCODINGS, {
    help: 'encoding of exports without a byte order mark (default: utf-8)',
    detail: 'A byte order mark wins: UTF-8 and UTF-16 with one are recognised.',
  }),
  timezone: zoneFlag,
  timeUnit: choiceFlag(TIME_UNITS, { value: 'unit', help: 'unit of timestamps that are numbers' }),
  repeatedHour: choiceFlag(REPEATED_HOURS, {
    value: 'which',
    help: 'of an hour that a clock change repeats (default: first)',
  }),
  allowFloats: switchFlag('take floats for quantities; results say that their source is inexact'),
  multilineFields: switchFlag('quoted fields may hold lines that look like rows'),
  ignoreColumn: wordsFlag({ value: 'name', help: 'columns or keys that are no misspelt names' }),
  sampleRate: textFlag(
    {
      value: 'share',
      help: 'share of all rows that the exports have: 0.1 or 10%',
      detail: 'Quantities are divided by it, and results are estimates that have bounds.',
    },
    sampleRate,
  ),
  map: fileFlag('which columns or keys of the exports hold what (YAML)'),
  preset: textFlag({
    value: 'name',
    help: 'mapping that ships with meter: cloudfront, combined, … (meter preset lists them)',
  }),
  customerField: textFlag({ value: 'name', help: 'column, key or path that holds the customer' }),
  lookup: fileFlag('CSV file (value,customer) with the customer for what stands there'),
  dedupe: onUnless('count every row, even if its event id was seen before'),
  dedupeMemory: textFlag(
    {
      value: 'size',
      help: 'memory for event ids; more go to a temporary directory (default: 1GB)',
    },
    byteCount,
  ),
  threads: textFlag({ value: 'n', help: 'threads to read with (default: one for each processor)' }, threadCount),
  strict: strictFlag,
  quiet: quietFlag,
} as const;

/** Flags for billing exports. */
export const billingFlags = {
  tiers: priceListsFlag,
  customers: fileFlag('customers file: CSV or YAML with tiers, contracts and credits'),
  opening: fileFlag('balances with which the run begins: those that --closing wrote for the month before', {
    detail:
      'Without it every credit is taken in full. Levels, such as seats, have the values that they had at the end.',
  }),
  tier: textFlag({ value: 'name', help: 'tier of customers that the customers file does not mention' }),
  period: textFlag({
    value: 'period',
    help: '2026-10, 2026-10-01..2026-11-01 or all (default: the month of the exports)',
    detail: 'The end of a range is excluded.',
  }),
  allowEmpty: switchFlag('bill a --period without rows, too'),
  trimIds: trimIdsFlag,
  customer: wordsFlag({
    value: 'id',
    help: 'only these customers',
    detail: 'It takes every name behind it, so put the exports before it.',
  }),
  exclude: wordsFlag({
    value: 'id',
    help: 'no invoices for these customers: ids, * for any text (test-*)',
    detail: 'It takes every name behind it, so put the exports before it. Their rows are read, and counted as rated.',
  }),
  ...readingFlags,
} as const;

/** Rules about a result; help shows one about `example`, which the command's results must have. */
export function ruleFlags(example: string, bound: string) {
  return {
    assert: repeatedFlag({
      value: 'rule',
      help: `exit with 1 unless it holds, for instance ${example} ${bound} (repeatable)`,
    }),
    warn: repeatedFlag({ value: 'rule', help: 'warn unless it holds (repeatable)' }),
  } as const;
}

/** Flags for the target of a result and its format. `formats`: the registry. */
export function resultFlags<Name extends string>(
  formats: Readonly<Record<Name, unknown>>,
  outputHelp = 'write there; the ending chooses the format',
) {
  return {
    format: choiceFlag(Object.keys(formats) as Name[], {
      help: 'result as',
      detail: 'It wins over the ending of --output. Without either: table.',
    }),
    output: outputFlag(outputHelp),
  } as const;
}

export function outputFlag(help: string) {
  return fileFlag(help, { short: 'o', detail: '- is standard output. The file appears whole or not at all.' });
}

/** Pricing models and the parameters of customers' behaviour. */
export function scenarioFlags(scenariosHelp: string, parametersHelp: string) {
  return {
    tiers: fileFlag('tier file: a price list, compared as hybrid with the shipped flat and usage'),
    scenarios: fileFlag(scenariosHelp, { keyword: PUBLISHED }),
    parameters: fileFlag(parametersHelp),
    set: repeatedFlag({ value: 'name=value', help: 'override a value: behaviour.fee_anchor=0.45 (repeatable)' }),
  } as const;
}

export function defaultNumber(help: string, value: number) {
  return withFallback(numberFlag(help), value);
}

function sampleRate(text: string): Decimal {
  const rate = parseSampleRate(text);
  if (!rate) throw new BadValue('Write a share above 0 and at most 1, for instance 0.1 or 10%.');
  return rate;
}

function separator(text: string): Delimiter {
  const found = DELIMITERS.find((sign) => sign === (text === 'tab' ? '\t' : text));
  if (!found) throw new BadValue("Write one of ',' ';' '|' tab.");
  return found;
}

function threadCount(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new BadValue('Write a number of threads from 1 to 999.');
  return Number(text);
}

function byteCount(text: string): number {
  const size = parseQuantity(text, 'B');
  if (failed(size) || size.value.lt(1e6))
    throw new BadValue('Write a size of at least 1MB, for instance 500MB or 2GB.');
  return size.value.toNumber();
}

function rejectLimit(text: string): RejectLimit {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (share) return { kind: 'share', share: new Decimal(share[1]!).div(100) };
  if (/^\d{1,15}$/.test(text)) return { kind: 'rows', count: Number(text) };
  throw new BadValue('Write a number of rows (100) or a share (0.1%).');
}
