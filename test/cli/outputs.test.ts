/** Outputs are checked before anything is read, and those of a directory appear together. */
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileNames } from '../../src/cli/fileNames.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 0.40/10k } }\n';
const HEADER = 'timestamp,customer_id,requests\n';
const USAGE = `${HEADER}2026-10-01T00:00:00Z,acme,1\n2026-10-01T00:00:00Z,zeta,1\n`;
const directory = () => temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': USAGE });
const invoice = (cwd: string, ...flags: string[]) =>
  runMeter(['invoice', 'usage.csv', '--tier', 'pro', ...flags], { cwd });

describe('before a row is read, a run ends with 2 when', () => {
  test.each([
    ['two outputs are one file', ['-o', 'x.csv', '--rejects', './x.csv'], '[usage/same-output]'],
    ['two outputs differ in letter case only', ['-o', 'x.csv', '--rejects', 'X.csv'], '[usage/same-output]'],
    ['an output is an input by another name', ['-o', 'hard.csv'], '[usage/output-is-input]'],
    ['a directory of results holds an input', ['-o', 'out/', '--format', 'csv'], '[usage/output-is-input]'],
    ['the directory cannot be made', ['-o', 'usage.csv/out/'], '[output/cannot-write]'],
    ['links lead back to themselves', ['--rejects', 'loop'], '[output/cannot-write]'],
  ])('%s', async (_, flags, code) => {
    const cwd = directory();
    linkSync(join(cwd, 'usage.csv'), join(cwd, 'hard.csv'));
    mkdirSync(join(cwd, 'out'));
    symlinkSync('../usage.csv', join(cwd, 'out/acme.2026-10.csv'));
    symlinkSync('loop', join(cwd, 'loop'));
    const before = readdirSync(cwd).sort();
    const { stderr, exitCode } = await invoice(cwd, ...flags);
    expect(stderr).toContain(code);
    expect(stderr).not.toContain('rows read');
    expect(exitCode).toBe(2);
    expect(readdirSync(cwd).sort()).toEqual(before);
    expect(readFileSync(join(cwd, 'usage.csv'), 'utf8')).toBe(USAGE);
  });
});

test('a link to a file that is not there yet stays a link', async () => {
  const cwd = directory();
  symlinkSync('real.json', join(cwd, 'out.json'));
  expect(await invoice(cwd, '-o', 'out.json')).toMatchObject({ exitCode: 0 });
  expect(readlinkSync(join(cwd, 'out.json'))).toBe('real.json');
  expect(JSON.parse(readFileSync(join(cwd, 'real.json'), 'utf8')).invoices).toHaveLength(2);
});

describe('a directory of results', () => {
  test('is as it was when one of its files cannot be put in its place', async () => {
    const cwd = directory();
    await invoice(cwd, '-o', 'out/');
    writeFileSync(join(cwd, 'out/acme.2026-10.json'), 'before');
    rmSync(join(cwd, 'out/zeta.2026-10.json'));
    mkdirSync(join(cwd, 'out/zeta.2026-10.json'));
    const { stderr, exitCode } = await invoice(cwd, '-o', 'out/');
    expect(stderr).toContain('it is a directory [output/cannot-write]');
    expect(exitCode).toBe(2);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['acme.2026-10.json', 'zeta.2026-10.json']);
    expect(readFileSync(join(cwd, 'out/acme.2026-10.json'), 'utf8')).toBe('before');
  });

  test('that holds files of an earlier run names them', async () => {
    const cwd = directory();
    mkdirSync(join(cwd, 'out'));
    for (const name of ['gone.2026-09.json', 'notes.json']) writeFileSync(join(cwd, 'out', name), '');
    const { stderr } = await invoice(cwd, '-o', 'out/');
    expect(stderr).toContain('out/ holds 1 file that this run did not write: gone.2026-09.json\n');
  });

  test('names no file as a system names a device', () => {
    const nameOf = fileNames();
    for (const device of ['CON', 'con', 'NUL', 'Aux.x', 'prn', 'COM1', 'lpt9']) {
      expect(nameOf(`${device}.2026-10`, 'json')).not.toMatch(/^(con|nul|aux|prn|com\d|lpt\d)(\.|~|$)/i);
    }
    expect(nameOf('CONTOSO.2026-10', 'json')).toBe('CONTOSO.2026-10.json');
    expect(nameOf(`${'ü'.repeat(500)}. `, 'json').length).toBeLessThan(200);
  });
});
