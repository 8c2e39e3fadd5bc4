/** The text of each dialect that no engine runs here, by the grammar of somebody who does not know us. */
import { SparkSQL } from 'dt-sql-parser/dist/parser/spark/index.js';
import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js';
import { type DialectName as Grammar, parse } from 'sql-parser-cst';
import { expect, test } from 'vitest';
import type { DialectName } from '../../src/telemetry/sql/dialects.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A filter, and days that begin inside hours; one meter, for two of the grammars take a second for each. */
const tiers = (aggregate: string) => `
timezone: Asia/Kolkata
meters:
  seats: { field: seats, unit: seat, aggregate: ${aggregate}, where: { status: 5xx } }
default_tier: pro
pricing_tiers:
  pro: { cost: 19, overage: { seats: 1 } }
`;

async function textOf(dialect: DialectName, aggregate: string, ...more: string[]): Promise<string> {
  const cwd = temporaryDirectory({ 'tiers.yaml': tiers(aggregate) });
  const words = ['sql', '--dialect', dialect, '--table', 'db.usage', '--period', '2026-10', '--quiet', ...more];
  const { stdout, stderr, exitCode } = await runMeter(words, { cwd });
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

/**
 * The queries of the steps, and the last one: two of the grammars learn from short texts, and take half a minute for the whole
 * one otherwise.
 */
function stepsOf(text: string): string[] {
  return text.split(/\n\),?\n/).map((step) => step.replace(/^(?:WITH\n)?m_\w+ AS \(\n/, ''));
}

/** What a grammar says of a text; nothing: it takes it. */
const grammars = {
  athena: (text: string) => new TrinoSQL().validate(`${text};`).map(({ message }) => message),
  spark: (text: string) => new SparkSQL().validate(`${text};`).map(({ message }) => message),
  bigquery: (text: string) => takenBy('bigquery', text),
  snowflake: (text: string) => takenBy('postgresql', text),
};

function takenBy(dialect: Grammar, text: string): string[] {
  try {
    parse(text, { dialect });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

test.each<[keyof typeof grammars, string]>([
  ['bigquery', 'last'],
  ['athena', 'last'],
  ['spark', 'last'],
  // There is no grammar of Snowflake; PostgreSQL's has all but the list in an order (WITHIN GROUP) of values that stay.
  ['snowflake', 'max'],
  ...(Object.keys(grammars) as (keyof typeof grammars)[]).map(
    (dialect) => [dialect, 'unique'] as [typeof dialect, string],
  ),
])(
  'the grammar of %s takes the ledger of a meter of %s, and the gate',
  async (dialect, aggregate) => {
    const grammar = grammars[dialect];
    const text = await textOf(dialect, aggregate);
    const steps = stepsOf(text);
    expect(steps).toHaveLength(aggregate === 'unique' ? 10 : 9);
    for (const step of steps) expect(grammar(step)).toEqual([]);
    expect(grammar(text)).toEqual([]);
    expect(grammar(await textOf(dialect, aggregate, '--gate'))).toEqual([]);
    // It is a grammar: it takes not everything.
    expect(grammar('SELECT FROM WHERE')).not.toEqual([]);
  },
  180_000, // a few seconds on a quiet machine
);
