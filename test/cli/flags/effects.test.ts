/**
 * Each flag of each command: a run without it and a run with it, and what the second shows that the first does not.
 * A flag that several commands share is one object and needs one row.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Flag, longName } from '../../../src/cli/flags/flag.ts';
import { allCommands } from '../../../src/cli/main.ts';
import { ROOT, runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const HEAD = 'timestamp,customer_id,requests,compute,egress,event_id\n';
const ROW = '2026-10-05T10:00:00Z,acme,1000,1,1,e1\n';
const DAYS = Array.from({ length: 12 }, (_, month) => `2025-${String(month + 1).padStart(2, '0')}`);

const FILES = {
  'small.csv': HEAD + ROW,
  'open.csv': (HEAD + ROW).trimEnd(),
  'twice.csv': HEAD + ROW + ROW,
  'bad.csv': `${HEAD}${ROW}2026-10-05T10:00:00Z,acme,many,1,1,e2\n`,
  'names.csv': `${HEAD}${ROW.replace('acme', 'Müller')}`,
  'blanks.csv': `${HEAD}${ROW.replace('acme', ' acme')}`,
  'local.csv': `${HEAD}${ROW.replace('Z', '')}`,
  'repeated.csv': `${HEAD}${ROW.replace('2026-10-05T10:00:00Z', '2026-10-25T02:30:00')}`,
  'numbers.csv': `${HEAD}${ROW.replace('2026-10-05T10:00:00Z', '1791194400')}`,
  'mapped.csv': `${HEAD.replace('customer_id', 'account')}${ROW}`,
  'map.yaml': 'customer_id: account\n',
  'hosts.csv': 'value,customer\nacme,Acme Inc\n',
  'nginx.json':
    '{"msec":"1791194400.123","host":"acme","request_id":"f3","uri":"/","bytes_sent":"5","request_time":"0.1"}\n',
  'other.yaml': 'pricing_tiers: { production: { cost: 33 } }\n',
  'calls.yaml': 'meters: { calls: { field: requests, unit: call } }\npricing_tiers: { free: { cost: 0 } }\n',
  'scenarios.yaml':
    'scenarios:\n  now: { pricing_tiers: { production: { cost: 19 } } }\n  later: { extends: now, policies: [notify] }\n',
  'half.yaml': 'customers: { acme: { history: [{ tier: production, to: 2026-10-05T10:30:00Z }] } }\n',
  'settings.yaml': 'invoice: { tier: scale }\n',
  'cases.test.yaml': 'tiers: tiers.yaml\ncases: [{ it: costs 19, tier: production, expect: { total: 19 } }]\n',
  'history.csv': `customer_id,month,requests,compute,egress\n${DAYS.map(
    (day, i) => `a,${day},${100_000 + i * 20_000},100,1000000000\nb,${day},${600_000 + i},100,1000000000\n`,
  ).join('')}`,
  'balances.json':
    '{ "formatVersion": "1.0", "kind": "balances", "currency": "USD", "end": "2026-09-01T00:00:00Z", "customers": [] }\n',
  'invoices.json': `{"formatVersion":"1.0","currency":"USD","invoices":[{"customer":"acme","period":{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z"},"lines":[{"kind":"fee","amount":"19.00","quantity":"1"}],"total":"31.00"}]}`,
  'targets.yaml': 'targets: { hybrid: { conversion: 4% } }\n',
};

function place(): string {
  const directory = temporaryDirectory(FILES);
  const copy = (from: string, to: string) => copyFileSync(join(ROOT, from), join(directory, to));
  copy('tiers.example.yaml', 'tiers.yaml');
  copy('fixtures/first-month/usage.csv', 'usage.csv');
  copy('fixtures/first-month/customers.csv', 'customers.csv');
  copy('fixtures/edge-importers/wrangler.toml', 'wrangler.toml');
  for (const name of ['edge.yaml', 'before.yaml']) copy(`fixtures/edge-shop/${name}`, name);
  copy('fixtures/edge-shop/tiers.yaml', 'shop.yaml');
  writeFileSync(join(directory, 'out.txt'), '');
  return directory;
}

const BILL = 'invoice usage.csv --customers customers.csv';
const ROWS = 'rows usage.csv --customers customers.csv --customer acme';
const SMALL = 'invoice small.csv --tier production';
const CLOSE = 'close 2026-10 small.csv --tier production -o closed';
const SIMULATE = 'simulate history.csv --months 6 --bootstrap 0';
const DIFF = 'diff usage.csv --tier production --tiers tiers.yaml';
const SHOP = 'estimate edge.yaml --tiers shop.yaml';
/** Nothing on standard output, nothing on standard error. */
const [NO_RESULT, NOTHING_SAID] = [/^\n2>/, /2>\n\[exit/];

/** Key of the flag, the run without it, the words that are added, and what only then is seen. */
const EFFECTS: readonly (readonly [key: string, base: string, added: string, shows: RegExp])[] = [
  ['config', 'invoice small.csv', '--config settings.yaml', /scale, 2026-10/],
  ['csvSeparator', `${SMALL} --format csv`, '--csv-separator ;', /^customer;period_start/m],
  ['csvDecimal', `${SMALL} --format csv --csv-separator ;`, '--csv-decimal ,', /;19,00;USD/],
  ['csvBom', `${SMALL} --format csv`, '--csv-bom', /\ufeffcustomer,/],
  ['tiers', SMALL, '--tiers other.yaml', /33\.00/],
  ['customers', 'invoice usage.csv', '--customers customers.csv', /sandbox, 2026-10/],
  ['tier', 'invoice small.csv', '--tier scale', /scale, 2026-10/],
  ['period', SMALL, '--period 2026-11', /empty-period/],
  ['allowEmpty', `${SMALL} --period 2026-11`, '--allow-empty', /\[exit 0\]/],
  ['trimIds', 'usage blanks.csv', '--trim-ids', /^acme,/m],
  ['customer', BILL, '--customer acme', /^(?!.*nimbus)/s],
  ['maxRejects', 'invoice bad.csv --tier production', '--max-rejects 1', /\[exit 0\]/],
  ['rejects', 'invoice bad.csv --tier production', '--rejects bad.ndjson', /repair them in bad\.ndjson/],
  ['inputFormat', SMALL, '--input-format ndjson', /\[exit 3\]/],
  ['inputSeparator', SMALL, '--input-separator ;', /missing-column/],
  ['encoding', 'invoice names.csv --tier production', '--encoding windows-1252', /\[exit 3\]/],
  ['timezone', 'invoice local.csv --tier production', '--timezone Europe/Vienna', /\[exit 0\]/],
  ['timeUnit', 'invoice numbers.csv --tier production', '--time-unit ms', /1970-01/],
  [
    'repeatedHour',
    'invoice repeated.csv --tier production --timezone Europe/Vienna',
    '--repeated-hour reject',
    /\[exit 3\]/,
  ],
  ['map', 'invoice mapped.csv --tier production', '--map map.yaml', /\[exit 0\]/],
  ['sampleRate', SMALL, '--sample-rate 10%', /estimate from a 10% sample/],
  ['exclude', SMALL, '--exclude acm*', /excluded: 1 customer, "acme"/],
  ['preset', 'invoice nginx.json --tier production', '--preset nginx-json', /\[exit 0\]/],
  ['customerField', 'invoice mapped.csv --tier production', '--customer-field account', /\[exit 0\]/],
  ['lookup', 'usage small.csv', '--lookup hosts.csv', /^Acme Inc,/m],
  ['dedupe', 'invoice twice.csv --tier production', '--no-dedupe', /\+ 0 duplicate/],
  ['strict', 'invoice open.csv --tier production', '--strict', /no-line-end/],
  ['quiet', SMALL, '--quiet', NOTHING_SAID],
  ['opening', BILL, '--opening balances.json', /balances\.json: error: they end at 2026-09-01/],
  ['closing', BILL, '--closing no/such.json', /no\/such\.json: error: cannot be written/],
  ['explain', BILL, '--explain', /from 62 rows, 2026-10-01T00:25:09Z/],
  ['all', SMALL, '--all', /requests beyond 200k/],
  ['timeline', BILL, '--timeline', /2026-10-\d\d \d\d:\d\d/],
  ['format', BILL, '--format json', /"invoices": \[/],
  ['output', BILL, '-o out.txt', NO_RESULT],
  ['assert', BILL, '--assert totals.total<=1', /\[exit 1\]/],
  ['warn', BILL, '--warn totals.total<=1', /totals\.total<=1/],
  ['from', CLOSE, '--from none', /none: error: this is no closed month/],
  ['format', CLOSE, '--format docx', /Allowed choices are html, pdf/],
  ['output', 'close 2026-10 small.csv --tier production', '-o closed', /closed: 1 invoice/],
  ['threshold', 'timeline usage.csv --customers customers.csv', '--threshold 51%', /51\s%/],
  ['format', 'timeline usage.csv --customers customers.csv', '--format ndjson', /^\{"/],
  ['output', 'timeline usage.csv --customers customers.csv', '-o out.txt', NO_RESULT],
  [
    'source',
    'timeline usage.csv --customers customers.csv --format cloudevents',
    '--source /billing',
    /"source":"\/billing"/,
  ],
  ['by', BILL, '--by day', /, by day\n/],
  ['customer', `rows usage.csv --customers customers.csv`, '--customer acme', /evt-0002/],
  ['line', ROWS, '--line usage:egress', /^acme {2}usage:egress/],
  ['day', ROWS, '--day 2026-10-02', /^(?!.*evt-0002)/s],
  ['format', ROWS, '--format ndjson', /^\{"kind":"row"/],
  ['output', ROWS, '-o out.txt', NO_RESULT],
  ['tiers', 'usage usage.csv', '--tiers none.yaml', /none\.yaml: error/],
  ['output', 'usage usage.csv', '-o out.txt', NO_RESULT],
  ['follow', 'usage -', '--follow', /\[exit 0\]/],
  ['state', 'usage - --follow', '--state small.csv', /bad-state/],
  ['customers', 'ledger small.csv', '--customers half.yaml', /"cuts":\["1791196200000000000"\]/],
  ['tiers', 'ledger small.csv', '--tiers none.yaml', /none\.yaml: error/],
  ['output', 'ledger small.csv', '-o out.ndjson', NO_RESULT],
  ['dialect', 'sql', '--dialect clickhouse', /Int256/],
  ['table', 'sql', '--table rides', /FROM rides/],
  ['columns', 'sql', '--columns ts customer_id requests', /"ts"/],
  ['customers', 'sql', '--customers half.yaml', /1791196200000000000/],
  ['map', 'sql', '--map map.yaml', /"account"/],
  ['period', 'sql', '--period 2026-11', /THEN 'out_of_period'/],
  ['digits', 'sql', '--digits 3', /, 3, '0'\)/],
  ['instants', 'sql', '--instants', /epoch_ns\("timestamp"\)/],
  ['allowFloats', 'sql', '--allow-floats', /"inexact":\[\{/],
  ['dedupe', 'sql', '--no-dedupe', /"dedupe":false/],
  ['gate', 'sql', '--gate', /AS verdict/],
  ['output', 'sql', '-o out.sql', NO_RESULT],
  ['tiers', SIMULATE, '--tiers none.yaml', /none\.yaml: error/],
  ['scenarios', SIMULATE, '--scenarios none.yaml', /none\.yaml: error/],
  ['parameters', SIMULATE, '--parameters none.yaml', /none\.yaml: error/],
  ['signups', SIMULATE, '--signups none.csv', /none\.csv: error/],
  ['months', SIMULATE, '--months 5', /5 months/],
  ['engine', SIMULATE, '--engine mc --reps 3', /Monte Carlo/],
  ['reps', `${SIMULATE} --engine mc`, '--reps 0', /bad-reps/],
  ['bootstrap', SIMULATE, '--bootstrap 200000', /bad-bootstrap/],
  ['seed', `${SIMULATE} --engine mc --reps 3 --format json`, '--seed 8', /"seed": 8/],
  ['baseline', SIMULATE, '--baseline none', /there is no such scenario/],
  ['sensitivity', SIMULATE, '--sensitivity', /What monthly churn depends on/],
  ['uncertainty', SIMULATE, '--uncertainty', /How sure that is/],
  ['signupsPerMonth', SIMULATE, '--signups-per-month 5', /no-signups/],
  ['set', SIMULATE, '--set behaviour.fee_ancor=0.4', /did you mean behaviour\.fee_anchor/],
  ['assert', SIMULATE, '--assert scenarios.hybrid.nrr>=100', /\[exit 1\]/],
  ['warn', SIMULATE, '--warn scenarios.hybrid.nrr>=100', /nrr>=100/],
  ['accounts', SIMULATE, '--accounts no/such.csv', /no\/such\.csv: error: cannot be written/],
  ['format', SIMULATE, '--format json', /^\{\n/],
  ['output', SIMULATE, '-o out.txt', NO_RESULT],
  ['targets', 'calibrate history.csv', '--targets none.yaml', /none\.yaml: error/],
  ['tiers', 'calibrate history.csv', '--tiers none.yaml', /none\.yaml: error/],
  ['scenarios', 'calibrate history.csv', '--scenarios none.yaml', /none\.yaml: error/],
  ['parameters', 'calibrate history.csv', '--parameters none.yaml', /none\.yaml: error/],
  ['set', 'calibrate history.csv', '--set behaviour.fee_ancor=0.4', /did you mean behaviour\.fee_anchor/],
  ['output', 'calibrate history.csv', '-o no/such.yaml', /no\/such\.yaml: error: cannot be written/],
  ['format', 'calibrate history.csv -o x.pdf', '--format yaml', /^(?!.*unknown-ending)/s],
  ['signups', 'calibrate history.csv --targets targets.yaml', '--signups none.csv', /^(?!.*no-signups)/s],
  ['tier', SHOP, '--tier none', /there is no such tier/],
  ['traffic', SHOP, '--traffic none.yaml', /none\.yaml: error/],
  ['usage', SHOP, '--usage none.csv', /none\.csv: error/],
  ['env', 'estimate wrangler.toml --tiers shop.yaml', '--env none', /"none"/],
  ['period', SHOP, '--period 2026-11', /2026-11/],
  ['baseline', SHOP, '--baseline before.yaml', /before\.yaml/],
  ['assert', SHOP, '--assert total<=1', /\[exit 1\]/],
  ['warn', SHOP, '--warn total<=1', /total<=1/],
  ['timezone', SHOP, '--usage local.csv --timezone Europe/Vienna', /1 row read = 1 rated/],
  ['watch', SHOP, '--watch --traffic -', /watch-pipe/],
  ['numberFrom', `${SMALL} --format html`, '--number-from 2026-7', /2026-7/],
  ['issued', `${SMALL} --format html`, '--issued 2026-11-03', /3 November 2026/],
  ['locale', `${SMALL} --format html`, '--locale fr', /Projet de facture/],
  ['format', SHOP, '--format json', /^\{\n/],
  ['output', SHOP, '-o out.txt', NO_RESULT],
  ['tiers', 'validate customers.csv', '--tiers other.yaml', /\[exit 2\]/],
  ['explain', 'validate other.yaml', '--explain lint/cliff', /more usage costs less/],
  ['checklist', 'validate other.yaml', '--checklist', /✓ +Every meter has a price or a limit/],
  ['format', 'validate other.yaml', '--format sarif', /"version": "2.1.0"/],
  ['output', 'validate other.yaml', '-o out.txt', NO_RESULT],
  ['show', 'validate scenarios.yaml', '--show', /later:\n {4}policies:\n {6}- notify\n {4}pricing_tiers:/],
  ['quiet', 'validate other.yaml', '--quiet', NO_RESULT],
  ['compare', SHOP, '--compare tiers.yaml', /On other price lists/],
  ['write', 'test tiers.yaml', '--write', /cases with the amounts of today/],
  ['assert', 'test cases.test.yaml', '--assert coverage>=1', /\[exit 1\]/],
  ['warn', 'test cases.test.yaml', '--warn coverage>=1', /coverage>=1/],
  ['format', 'test cases.test.yaml', '--format tap', /^TAP version 14/],
  ['output', 'test cases.test.yaml', '-o out.txt', NO_RESULT],
  ['tiers', SHOP, '--tiers none.yaml', /none\.yaml: error/],
  ['against', DIFF, '--against other.yaml', /tiers\.yaml → other\.yaml/],
  ['againstCustomers', DIFF, '--against-customers customers.csv', /tiers\.yaml → tiers\.yaml/],
  ['grandfather', `${DIFF} --against other.yaml`, '--grandfather 20%', /nobody has to stay|leaving them/],
  ['assert', `${DIFF} --against other.yaml`, '--assert revenue.change>=1000', /\[exit 1\]/],
  ['warn', `${DIFF} --against other.yaml`, '--warn revenue.change>=1000', /revenue\.change>=1000/],
  ['format', `${DIFF} --against other.yaml`, '--format json', /"kind": "diff"/],
  ['output', `${DIFF} --against other.yaml`, '-o out.txt', NO_RESULT],
  ['basis', 'retention invoices.json', '--basis committed', /19\.00/],
  ['format', 'retention invoices.json', '--format json', /"kind": "retention"/],
  ['output', 'retention invoices.json', '-o out.txt', NO_RESULT],
  ['assert', 'retention invoices.json', '--assert alarm', /\[exit 1\]/],
  ['warn', 'retention invoices.json', '--warn alarm', /alarm +measured/],
  ['format', 'config invoice', '--format json', /"formatVersion"/],
  ['output', 'config invoice', '-o out.txt', NO_RESULT],
  ['customers', 'sample --rows 50', '--customers 1', /^(?!.*cus_000(0[2-9]|[1-9]))/s],
  ['months', 'sample --rows 40 --customers 2', '--months 2', /^2026-11/m],
  ['rows', 'sample --customers 1', '--rows 0', /^[^\n]*\n\n2>/],
  ['seed', 'sample --rows 3', '--seed -1', /\[exit 2\]/],
  ['start', 'sample --rows 3', '--start 2027-01', /^2027-01/m],
  ['tiers', 'preview usage.csv', '--tiers calls.yaml', /calls/],
  ['rows', 'preview usage.csv', '--rows 1', /^(?!.*usage\.csv:3)/s],
  ['format', 'preview usage.csv', '--format json', /"formatVersion"/],
  ['output', 'preview usage.csv', '-o out.txt', NO_RESULT],
  ['format', 'preset', '--format json', /"formatVersion"/],
  ['output', 'preset', '-o out.txt', NO_RESULT],
  ['format', 'sample --rows 3', '--format ndjson', /^\{/],
  ['ids', 'sample --rows 3', '--ids uuid', /[0-9a-f]{8}-[0-9a-f]{4}-/],
  ['output', 'sample --rows 3', '-o out.csv', NO_RESULT],
];

describe('with the flag, the run shows what it does not show without it', () => {
  test.each(EFFECTS)('%s: meter %s [%s]', async (_, base, added, shows) => {
    expect(await run(base)).not.toMatch(shows);
    expect(await run(`${base} ${added}`)).toMatch(shows);
  });
});

/** Flags whose effect is shown elsewhere: the file that has it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['customers', 'map', 'from', 'number-from', 'format', 'output'].map((name) => [
      `restate --${name}`,
      'test/closing/restate.test.ts',
    ]),
  ),
  'invoice --allow-floats': 'test/ledger/parquet.test.ts',
  'invoice --multiline-fields': 'test/telemetry/oddExports.test.ts',
  'invoice --ignore-column': 'test/telemetry/oddExports.test.ts',
  'invoice --dedupe-memory': 'test/cli/world.test.ts',
  'invoice --threads': 'test/cli/world.test.ts',
  'retention --weekly': 'test/cli/retention.test.ts',
  'invoice --font': 'test/cli/documents.test.ts',
};

/** Flags that act on a calibration which ends with a result; none is made here, since it takes a long history. */
const OF_CALIBRATIONS = ['--spend', '--scenario', '--months'].map((name) => `calibrate ${name}`);

test.each(Object.entries(ELSEWHERE))('%s is in %s', (flag, file) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(flag.split(' ')[1]);
});

test('every flag has a row above, or is shown in a test that is named', async () => {
  const commands = await allCommands();
  const shown = new Set<Flag>();
  for (const [key, base] of EFFECTS) {
    const flag = commands.find(({ name }) => name === base.split(' ')[0])!.flags[key];
    if (flag) shown.add(flag);
  }
  const missing = commands.flatMap(({ name, flags }) =>
    Object.entries(flags).flatMap(([key, flag]) => {
      if (shown.has(flag)) return []; // of another command, or above
      shown.add(flag);
      return ELSEWHERE[`${name} ${longName(key, flag)}`] === undefined ? [`${name} ${longName(key, flag)}`] : [];
    }),
  );
  expect(missing).toEqual(OF_CALIBRATIONS);
});

async function run(line: string): Promise<string> {
  const { stdout, stderr, exitCode } = await runMeter(line.split(' '), { cwd: place() });
  return `${stdout}\n2>${stderr === '' ? '' : ` ${stderr}`}\n[exit ${exitCode}]`;
}
