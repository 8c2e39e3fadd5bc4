import { type LedgerSqlOptions, ledgerSql, USUAL_DIGITS } from '../../app/ledgerSql.ts';
import { resultOf } from '../../app/refusal.ts';
import { DIALECT_NAMES, DIALECTS } from '../../telemetry/sql/dialects.ts';
import { command, type globalFlags } from '../command.ts';
import {
  BadValue,
  choiceFlag,
  type FlagsOf,
  fileFlag,
  onUnless,
  switchFlag,
  textFlag,
  withFallback,
  wordsFlag,
} from '../flags/flag.ts';
import { outputFlag, quietFlag, tiersFlag, trimIdsFlag } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { checkOutputs } from '../outputs.ts';
import { portsFor } from '../ports.ts';
import { putResult } from '../resultTarget.ts';

/** Digits behind the point, of the 38 that the integers of all engines have. */
const MOST_DIGITS = 18;

const flags = {
  dialect: withFallback(choiceFlag(DIALECT_NAMES, { help: 'engine that is to run it' }), 'duckdb' as const),
  table: withFallback(
    textFlag({ value: 'name', help: 'table, or what stands for one, as the engine has it' }),
    'usage',
  ),
  columns: wordsFlag({ value: 'name', help: 'the columns of the table (default: the expected names)' }),
  tiers: tiersFlag,
  customers: fileFlag('customers file, for changes of tier inside an hour'),
  map: fileFlag('which columns hold what (YAML)'),
  period: textFlag({ value: 'period', help: '2026-10 or 2026-10-01..2026-11-01 (default: all rows)' }),
  trimIds: trimIdsFlag,
  digits: withFallback(
    textFlag({ value: 'n', help: 'digits behind the point that quantities may have' }, digitsOf),
    USUAL_DIGITS,
  ),
  instants: switchFlag('the timestamps have the type of instants, not of text'),
  allowFloats: switchFlag('take floats for quantities; the ledger says that it is inexact'),
  dedupe: onUnless('count every row, even if its event id comes again'),
  gate: switchFlag('the query that looks at the types of the columns; run it first'),
  output: outputFlag('write there'),
  quiet: quietFlag,
} as const;
type SqlFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'sql',
  summary: 'the query that makes a ledger in the engine where the rows lie',
  flags,
  examples: [
    ['sql --dialect duckdb --table usage --tiers tiers.yaml', 'its one column has the lines of the ledger'],
    ['sql --dialect clickhouse --table usage --gate', 'are the types exact? To be asked before'],
  ],
  run: ({ flags: given, io }) => sql(given, io),
});

async function sql(flags: SqlFlags, io: Io): Promise<ExitCode> {
  checkOutputs([{ flag: '-o', name: flags.output }], [], io);
  const ports = portsFor(io, flags);
  const query = resultOf(await ledgerSql(flags satisfies LedgerSqlOptions, ports));
  const dialect = DIALECTS[flags.dialect];
  if (!('isTested' in dialect))
    ports.say(`the query for ${dialect.name} is generated; no engine has run it in our tests\n`);
  const target =
    flags.output === undefined || flags.output === '-'
      ? ({ kind: 'stdout', format: 'sql' } as const)
      : ({ kind: 'file', name: flags.output, format: 'sql' } as const);
  await putResult(target, [query], io);
  return EXIT.done;
}

function digitsOf(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > MOST_DIGITS)
    throw new BadValue(`Write a number of digits from 0 to ${MOST_DIGITS}.`);
  return Number(text);
}
