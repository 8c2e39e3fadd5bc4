/** What corrects a closed month, and why: amounts worked out by hand beside fixtures/closing. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { amountsOf, brokenRules } from '../support/en16931.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const OCTOBER = 'usage-2026-10.csv';

/** October closed: acme 47.00, nimbus 0.00, zephyr 21.00. */
async function closed() {
  const cwd = temporaryDirectory();
  cpSync(join(ROOT, 'fixtures/closing'), cwd, { recursive: true });
  const run = async (line: string) => {
    const result = await runMeter(line.split(' '), { cwd });
    return { ...result, said: result.stderr.trim().split('\n').at(-1)! };
  };
  await run('close 2026-09 usage-2026-09.csv --customers customers.yaml --number-from R-98 -o close/2026-09');
  const { said } = await run(
    `close 2026-10 ${OCTOBER} --customers customers.yaml --from close/2026-09 -o close/2026-10`,
  );
  expect(said).toBe('close/2026-10: 3 invoices, 68.00 USD');
  const change = (name: string, from: string, to: string, as = name) => {
    const text = readFileSync(join(cwd, name), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(cwd, as), text.replace(from, to));
  };
  return { cwd, run, change };
}

type Notes = {
  notes: {
    number: string;
    kind: string;
    corrects: string | null;
    customer: string;
    total: string;
    lines: { key: string; amount: string; reasons: string[] }[];
  }[];
};

/** `C1 debit note of R-102, zephyr 2.00: usage:requests 2.00 late rows`, a text for each note. */
function notesIn(cwd: string, folder: string): string[] {
  const { notes } = JSON.parse(readFileSync(join(cwd, folder, 'corrections.json'), 'utf8')) as Notes;
  return notes.map(({ number, kind, corrects, customer, total, lines }) => {
    const shown = lines.map(({ key, amount, reasons }) => `${key} ${amount} ${reasons.join(' and ')}`);
    return `${number} ${kind} of ${corrects}, ${customer} ${total}: ${shown.join(', ')}`;
  });
}

test('late rows, then a corrected price: the second restatement is the difference to the first', async () => {
  const { cwd, run, change } = await closed();
  const exports = `${OCTOBER} late-2026-10.csv`;
  const first = await run(`restate close/2026-10 ${exports} --number-from C1 -o restate/2026-10-1`);
  expect(first.said).toBe('restate/2026-10-1: 2 notes, 0.00 credited, 27.00 debited, USD');
  expect(notesIn(cwd, 'restate/2026-10-1')).toEqual([
    // 350k × 0.50/10k = 17.50; 15.00 were left of September's pack, so that another one is bought for 25.00
    'C1 debit note of R-101, nimbus 25.00: usage:requests 5.00 late rows, credit:burst-2026-09-1 -2.50 follows, pack:burst 25.00 follows, credit:burst-2026-10-1 -2.50 follows',
    // (200k − 100k) × 0.40/10k = 4.00 instead of 2.00
    'C2 debit note of R-102, zephyr 2.00: usage:requests 2.00 late rows',
  ]);

  change('tiers.yaml', '0.40/10k', '0.30/10k', 'cheaper.yaml');
  const second = await run(`restate close/2026-10 ${exports} --tiers cheaper.yaml -o restate/2026-10-2`);
  expect(second.stderr).toContain('close/2026-10 was restated: this is the difference to restate/2026-10-1');
  expect(notesIn(cwd, 'restate/2026-10-2')).toEqual([
    // 600k × 0.30/10k = 18.00 instead of 24.00; zephyr 3.00 instead of 4.00
    'C3 credit note of R-100, acme -6.00: usage:requests -6.00 corrected price',
    'C4 credit note of R-102, zephyr -1.00: usage:requests -1.00 corrected price',
  ]);

  const third = await run(`restate close/2026-10 ${exports} -o restate/2026-10-3`);
  expect(third.said).toBe('nothing to restate: restate/2026-10-2 is what its month would be now');
  expect(third.exitCode).toBe(0);
  expect(readdirSync(join(cwd, 'restate'))).toEqual(['2026-10-1', '2026-10-2']);
  for (const folder of ['restate/2026-10-1', 'restate/2026-10-2'])
    expect((await run(`verify ${folder} ${exports}`)).exitCode).toBe(0);
  // Issued documents are as they were.
  expect((await run(`verify close/2026-10 ${OCTOBER}`)).exitCode).toBe(0);
});

test('corrected rows, corrected terms, an invoice that nobody had and one that nobody should have', async () => {
  const { cwd, run, change } = await closed();
  change(OCTOBER, 'zephyr,150000', 'zephyr,120000');
  change(OCTOBER, '2026-10-08T12:00:00Z,r-5,nimbus', '2026-10-08T12:00:00Z,r-5,orbit');
  change('customers.yaml', '  nimbus:\n    tier: metered', '  zephyr:\n    tier: metered', 'others.yaml');
  await run(`restate close/2026-10 ${OCTOBER} -o rows`);
  expect(notesIn(cwd, 'rows')).toEqual([
    // nimbus has the pack of September again, and no usage: 12.50 − 12.50
    '2026-10-C001 credit note of R-101, nimbus 0.00: usage:requests -12.50 corrected rows, credit:burst-2026-09-1 12.50 follows',
    // 250k of orbit: 19.00 + (250k − 100k) × 0.40/10k
    '2026-10-C002 debit note of null, orbit 25.00: fee 19.00 late rows, usage:requests 6.00 late rows',
    // 120k instead of 150k, of which 100k are included: 0.80 instead of 2.00
    '2026-10-C003 credit note of R-102, zephyr -1.20: usage:requests -1.20 corrected rows',
  ]);
  await run(`restate close/2026-10 ${OCTOBER} --customers others.yaml -o terms`);
  const terms = notesIn(cwd, 'terms');
  // 120k × 0.50/10k = 6.00, without a fee
  expect(terms.at(-1)).toMatch(/zephyr .*fee -19\.00 corrected terms/);
});

test('a folder that was changed, one that is there, and a tier file of another currency are refused', async () => {
  const { cwd, run, change } = await closed();
  change('tiers.yaml', 'USD', 'EUR', 'euro.yaml');
  writeFileSync(join(cwd, 'map.yaml'), 'customer_id: account\n');
  const refused = async (line: string, code: string) => {
    const { exitCode, stderr } = await run(line);
    expect(stderr).toContain(`[${code}]`);
    expect(exitCode).toBeGreaterThan(1);
    expect(existsSync(join(cwd, 'out'))).toBe(false);
  };
  await refused(`restate close/2026-10 ${OCTOBER} --tiers euro.yaml --output out`, 'balances/wrong-currency');
  await refused(`restate close/2026-10 ${OCTOBER} --map map.yaml -o out`, 'input/missing-column');
  await refused(`restate close/2026-10 ${OCTOBER} --from close/2026-10 -o out`, 'balances/not-adjoining');
  await refused(`restate close/2026-10 ${OCTOBER} -o close/2026-09`, 'usage/already-closed');
  await refused(`restate close/2026-10 ${OCTOBER}`, 'usage/no-folder');
  await refused(`restate close ${OCTOBER} -o out`, 'close/not-closed');
  await refused('close 2026-11 -o out', 'usage/no-exports');
  await refused(`close all ${OCTOBER} -o out`, 'usage/bad-period');
  await refused(`close 2026-10 - -o out`, 'close/not-a-file');
  await refused(`close 2026-10 ${OCTOBER} --from close/2026-09 --opening x.json -o out`, 'usage/two-openings');
  await refused(`restate close/2026-10 ${OCTOBER} --number-from C -o out`, 'usage/bad-number');
  change('close/2026-10/customers.yaml', 'acme', 'acma');
  await refused(`restate close/2026-10 ${OCTOBER} -o out`, 'close/tampered');
  change('close/2026-09/manifest.json', '"1.0"', '"2.0"');
  await refused(`close 2026-10 ${OCTOBER} --from close/2026-09 -o out`, 'close/unknown-version');
  writeFileSync(join(cwd, 'close/2026-09/manifest.json'), '{ "formatVersion": ');
  await refused(`close 2026-10 ${OCTOBER} --from close/2026-09 -o out`, 'close/damaged');
});

describe('notes as documents', () => {
  /** October of acme alone with tax, closed; then its price is lower. 700k − 100k at 0.40, then at 0.30 for 10k: 24.00, 18.00. */
  async function corrected(format: string) {
    const { cwd, run, change } = await closed();
    change('tiers.yaml', 'default_tier: team', 'default_tier: team\ntax: { rate: 20% }');
    const to = 'bill_to: { name: A & B, country: IE, email: b@b.example }';
    writeFileSync(join(cwd, 'one.yaml'), `customers:\n  acme: { tier: team, ${to} }\n`);
    const rows = readFileSync(join(cwd, OCTOBER), 'utf8').split('\n');
    writeFileSync(join(cwd, 'acme.csv'), `${[rows[0], ...rows.filter((row) => row.includes(',acme,'))].join('\n')}\n`);
    await run('close 2026-10 acme.csv --customers one.yaml --number-from R-7 -o taxed/2026-10');
    change('tiers.yaml', '0.40/10k', '0.30/10k', 'cheaper.yaml');
    const asked = `--tiers cheaper.yaml --number-from C-1 --issued 2027-01-15 --format ${format}`;
    const { said } = await run(`restate taxed/2026-10 acme.csv ${asked} --locale de -o restate/1`);
    expect(said).toBe('restate/1: 1 note, -7.20 credited, 0.00 debited, USD'); // 6.00 and 20 % of it
    return { cwd, run };
  }

  test('are in the folder, name the invoice that they correct, and are verified', async () => {
    const { cwd, run } = await corrected('html');
    expect(readdirSync(join(cwd, 'restate/1/documents'))).toEqual(['C-1.html']);
    const page = readFileSync(join(cwd, 'restate/1/documents/C-1.html'), 'utf8');
    expect(page).toContain('<h1>Rechnungskorrektur (Gutschrift) C-1</h1>');
    expect(page).toMatch(/<dt>Zu Rechnung<\/dt><dd>R-7<\/dd>/);
    expect(page).toContain('berichtigter Preis');
    expect(page).toContain('A &amp; B');
    expect((await run('verify restate/1 acme.csv --quiet')).stdout).toContain('byte for byte');
    writeFileSync(join(cwd, 'restate/1/documents/C-1.html'), page.replace('A &amp; B', 'C'));
    expect((await run('verify restate/1 acme.csv --quiet')).stdout).toContain('✗ documents/C-1.html');
  });

  test('as electronic credit notes are of type 381 and keep the rules about sums', async () => {
    const { cwd } = await corrected('ubl');
    const amounts = amountsOf(readFileSync(join(cwd, 'restate/1/documents/C-1.ubl.xml'), 'utf8'));
    expect(amounts).toMatchObject({
      ...{ type: '381', number: 'C-1', corrects: 'R-7', net: '6.00', taxTotal: '1.20', payable: '7.20' },
      lines: [{ amount: '6.00', quantity: '1', price: '6' }],
    });
    expect(brokenRules(amounts, 2)).toEqual([]);
  });
});
