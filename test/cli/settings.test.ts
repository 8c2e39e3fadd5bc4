/** Where the values of flags come from, and which of them wins. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const FIRST_MONTH = join(ROOT, 'fixtures/first-month');
const INVOICE = ['invoice', 'usage.csv', '--quiet'];

/** A directory with an export, tiers and customers, and these files. */
function place(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(files);
  for (const name of ['usage.csv', 'customers.csv']) copyFileSync(join(FIRST_MONTH, name), join(directory, name));
  copyFileSync(join(ROOT, 'tiers.example.yaml'), join(directory, 'tiers.yaml'));
  return directory;
}

describe('meter.yaml', () => {
  test('has defaults of flags by command; the tier file is found beside it', async () => {
    const cwd = place({
      'meter.yaml': 'invoice: { customers: customers.csv, format: ndjson }\ntimeline: { format: md }\n',
    });
    const { stdout, exitCode } = await runMeter(INVOICE, { cwd });
    const plain = await runMeter([...INVOICE, '--customers', 'customers.csv', '--format', 'ndjson'], {
      cwd: place({}),
    });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(plain.stdout);
    expect(JSON.parse(stdout.split('\n')[0]!)).toHaveProperty('customer');
  });

  test('that is a tier file stays one, whatever is beside it', async () => {
    const cwd = place({ 'meter.yaml': 'version: 1\npricing_tiers: { own: { cost: 3 } }\n' });
    const { stdout } = await runMeter([...INVOICE, '--tier', 'own', '--format', 'csv'], { cwd });
    expect(stdout).toContain(',own,');
    expect((await runMeter(['config'], { cwd })).stdout).toContain('no configuration file');
  });

  test('a tier file with names of commands in it is a broken tier file, and not half of each', async () => {
    const cwd = place({ 'meter.yaml': 'pricing_tiers: { own: { cost: 3 } }\ninvoice: { tier: own }\n' });
    const { stderr, exitCode } = await runMeter(INVOICE, { cwd });
    expect(stderr).toContain('meter.yaml:2:1: error:');
    expect(exitCode).toBe(2);
  });

  test.each([
    ['quiet: true', true],
    ['quiet: false', false],
  ])('switches are true or false: %s', async (line, isQuiet) => {
    const cwd = place({ 'meter.yaml': `invoice: { customers: customers.csv, ${line} }\n` });
    const { stderr } = await runMeter(['invoice', 'usage.csv'], { cwd });
    expect(stderr === '').toBe(isQuiet);
  });

  test('what is on unless its --no- form is given is switched off by false', async () => {
    const cwd = place({ 'meter.yaml': 'usage: { dedupe: false }\n' });
    expect((await runMeter(['usage', 'usage.csv'], { cwd })).stderr).toContain('+ 0 duplicate +');
    expect((await runMeter(['usage', 'usage.csv'], { cwd: place({}) })).stderr).toContain('+ 2 duplicate +');
  });

  test('lists are for flags that take several', async () => {
    const cwd = place({
      'meter.yaml': 'invoice: { customers: customers.csv, customer: [acme], assert: [totals.total >= 1] }\n',
    });
    const { stdout, stderr } = await runMeter([...INVOICE, '--format', 'json'], { cwd });
    const { invoices } = JSON.parse(stdout) as { invoices: { customer: string }[] };
    expect(invoices.map(({ customer }) => customer)).toEqual(['acme']);
    expect(stderr).toBe(''); // --quiet shows failed rules only
  });

  test('that is broken ends every command that it is about, with the place', async () => {
    const cwd = place({ 'meter.yaml': 'invoice:\n  custmers: customers.csv\n' });
    const { stderr, exitCode } = await runMeter(INVOICE, { cwd });
    expect(stderr).toContain('meter.yaml:2:3: error: meter invoice has no flag "custmers" [settings/unknown-flag]');
    expect(stderr).toContain('did you mean customers?');
    expect(exitCode).toBe(2);
  });
});

describe('--config', () => {
  test('names another file; its paths begin at its own directory', async () => {
    const cwd = place({});
    mkdirSync(join(cwd, 'deep'));
    writeFileSync(join(cwd, 'deep/own.yaml'), 'invoice: { customers: ../customers.csv, tiers: ../tiers.yaml }\n');
    const plain = await runMeter([...INVOICE, '--customers', 'customers.csv'], { cwd });
    const flagged = await runMeter([...INVOICE, '--config', 'deep/own.yaml'], { cwd });
    const before = await runMeter(['--config', 'deep/own.yaml', ...INVOICE], { cwd });
    const variable = await runMeter(INVOICE, { cwd, env: { METER_CONFIG: 'deep/own.yaml' } });
    expect(flagged).toEqual({ ...plain, stderr: '' });
    expect(before).toEqual(flagged);
    expect(variable).toEqual(flagged);
  });

  test('a file that is not there is an error', async () => {
    const { stderr, exitCode } = await runMeter([...INVOICE, '--config', 'none.yaml'], { cwd: place({}) });
    expect(stderr).toContain('none.yaml: error: there is no such file');
    expect(exitCode).toBe(2);
  });
});

describe('the order is: command line, METER_COMMAND_FLAG, METER_FLAG, configuration file, default', () => {
  const file = { 'meter.yaml': 'invoice: { customers: customers.csv, format: csv }\n' };
  const format = ['--format', 'ndjson'];
  test.each([
    ['default', [], {}, {}, 'table'],
    ['file', [], {}, file, 'csv'],
    ['METER_FORMAT', [], { METER_FORMAT: 'json' }, file, 'json'],
    ['METER_INVOICE_FORMAT', [], { METER_FORMAT: 'json', METER_INVOICE_FORMAT: 'md' }, file, 'md'],
    ['an empty variable is none', [], { METER_FORMAT: '' }, file, 'csv'],
    ['command line', format, { METER_FORMAT: 'json', METER_INVOICE_FORMAT: 'md' }, file, 'ndjson'],
  ] as const)('%s', async (_, args, env, files, expected) => {
    const { stdout } = await runMeter([...INVOICE, '--customers', 'customers.csv', ...args], {
      cwd: place(files),
      env,
    });
    const begins = { table: /^acme|^ ?\w+ /, csv: /^customer/, json: /^\{\n/, md: /^#/, ndjson: /^\{"/ }[expected];
    expect(stdout).toMatch(begins);
  });
});

describe('a variable', () => {
  test('of the command that names no flag is an error, with the likeliest', async () => {
    const env = { METER_INVOICE_CUSTMERS: 'customers.csv', METER_ESTIMATE_TRAFIC: 'x', METER_HOME: '/opt' };
    const { stderr, exitCode } = await runMeter(INVOICE, { cwd: place({}), env });
    expect(stderr).toBe(
      'error: METER_INVOICE_CUSTMERS is set, and meter invoice has no such flag [usage/unknown-variable]\n' +
        '  hint: did you mean METER_INVOICE_CUSTOMERS?\n',
    );
    expect(exitCode).toBe(2);
  });

  test('with a value that its flag cannot take is an error', async () => {
    const { stderr, exitCode } = await runMeter(INVOICE, { cwd: place({}), env: { METER_FORMAT: 'jsn' } });
    expect(stderr).toContain('error: METER_FORMAT: "jsn" is no value of format [usage/bad-variable]');
    expect(stderr).toContain('Did you mean json?');
    expect(exitCode).toBe(2);
  });

  test('of a flag that takes several has one a line', async () => {
    const env = { METER_INVOICE_CUSTOMER: 'acme\nnimbus', METER_CUSTOMERS: 'customers.csv' };
    const { stdout } = await runMeter([...INVOICE, '--format', 'json'], { cwd: place({}), env });
    const { invoices } = JSON.parse(stdout) as { invoices: { customer: string }[] };
    expect(invoices.map(({ customer }) => customer)).toEqual(['acme', 'nimbus']);
  });
});

test('meter validate knows a configuration file, under any name', async () => {
  const cwd = place({ 'own.yaml': 'invoice: { quiet: true }\nestimate: { format: htlm }\n' });
  const { stderr, exitCode } = await runMeter(['validate', 'own.yaml'], { cwd });
  expect(stderr).toContain('own.yaml:2:21: error: "htlm" is no value of format [settings/bad-value]');
  expect(exitCode).toBe(2);
  const good = place({ 'own.yaml': 'invoice: { quiet: true }\n' });
  expect((await runMeter(['validate', 'own.yaml'], { cwd: good })).stdout).toBe(
    'own.yaml: a valid configuration of invoice\n',
  );
});

describe('meter config', () => {
  test('shows what is set for each command, and where', async () => {
    const cwd = place({ 'meter.yaml': 'invoice:\n  customers: customers.csv\n  customer: [acme, globex]\n' });
    const env = { METER_TIMELINE_TIMEZONE: 'Europe/Vienna' };
    const { stdout } = await runMeter(['config', '--format', 'json'], { cwd, env });
    expect(JSON.parse(stdout)).toEqual({
      formatVersion: '1.0',
      file: 'meter.yaml',
      settings: [
        { command: 'invoice', flag: 'customers', value: 'customers.csv', from: 'meter.yaml:2:3' },
        { command: 'invoice', flag: 'customer', value: ['acme', 'globex'], from: 'meter.yaml:3:3' },
        { command: 'timeline', flag: 'timezone', value: 'Europe/Vienna', from: 'METER_TIMELINE_TIMEZONE' },
      ],
    });
  });

  test('checks all sections, and shows the defaults of a command that is named', async () => {
    const cwd = place({ 'meter.yaml': 'simulate: { months: 6 }\n' });
    const { stdout } = await runMeter(['config', 'simulate'], { cwd });
    expect(stdout).toMatch(/simulate +months +6 +meter\.yaml:1:13/);
    expect(stdout).toMatch(/simulate +engine +ev +default/);
    const broken = await runMeter(['config'], { cwd: place({ 'meter.yaml': 'simulate: { months: six }\n' }) });
    expect(broken.stderr).toContain('[settings/bad-value]');
    expect(broken.exitCode).toBe(2);
    const unknown = await runMeter(['config', 'simulat'], { cwd });
    expect(unknown.stderr).toContain('did you mean simulate?');
    expect(unknown.exitCode).toBe(2);
  });
});
