/** Invoices as HTML and PDF, through the command line. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HEAD = 'timestamp,customer_id,requests,event_id\n';
const USAGE = `${HEAD}2026-10-05T10:00:00Z,acme,1500,e1\n2026-10-06T10:00:00Z,acme,1500,e2\n`;
const tiersWith = (more: string) =>
  `currency: EUR\n${more}\npricing_tiers: { pro: { cost: 10 + usage, limits: { requests: 1k }, overage: { requests: 1/1k } } }\n`;
const ISSUER = 'issuer: { name: Edge GmbH, address: [Ring 1, 1010 Wien], terms: 14d }\ntax: { rate: 20% }';

/** Runs in a directory with a usage of 3 000 requests: a fee of 10, and 2 000 beyond the limit at 1 each 1 000. */
async function bill(args: string, files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const cwd = temporaryDirectory({ 'usage.csv': USAGE, 'tiers.yaml': tiersWith(ISSUER), ...files });
  const result = await runMeter(['invoice', 'usage.csv', ...args.split(' ')], { cwd });
  return { ...result, cwd, read: (name: string) => readFileSync(join(cwd, name)) };
}

const customers = (text: string) => ({ 'customers.yaml': `customers:\n  acme: { tier: pro, ${text} }\n` });
const OF_CUSTOMERS = '--customers customers.yaml';

describe('tax of a customer takes the place of the tier file’s', () => {
  // 10 + 2 = 12; of it 20% are 2.40, 10% are 1.20; where prices include tax, 12 × 10 ÷ 110 = 1.0909 → 1.09
  test.each`
    tiers                                   | own                                           | tax       | included     | total
    ${'tax: { rate: 20% }'}                 | ${'auto_purchase: true'}                      | ${'2.40'} | ${undefined} | ${'14.40'}
    ${'tax: { rate: 20% }'}                 | ${'tax: 10%'}                                 | ${'1.20'} | ${undefined} | ${'13.20'}
    ${'tax: { rate: 20% }'}                 | ${'tax: { rate: 0, reason: reverse charge }'} | ${'0.00'} | ${undefined} | ${'12.00'}
    ${'tax: { rate: 20% }'}                 | ${'tax: exempt'}                              | ${'0.00'} | ${undefined} | ${'12.00'}
    ${'tax: { rate: 20%, included: true }'} | ${'tax: 10%'}                                 | ${'0.00'} | ${'1.09'}    | ${'12.00'}
    ${'tax: { rate: 20%, included: true }'} | ${'tax: exempt'}                              | ${'0.00'} | ${'0.00'}    | ${'12.00'}
    ${''}                                   | ${'tax: 10%'}                                 | ${'1.20'} | ${undefined} | ${'13.20'}
  `('$tiers with $own', async ({ tiers, own, tax, included, total }) => {
    const files = { ...customers(own), 'tiers.yaml': tiersWith(tiers) };
    const { stdout } = await bill(`${OF_CUSTOMERS} --format json`, files);
    const [invoice] = (JSON.parse(stdout) as { invoices: Record<string, unknown>[] }).invoices;
    expect(invoice).toMatchObject({ subtotal: '12.00', tax, total });
    expect(invoice!.taxIncluded).toBe(included);
  });

  test('the reason is in JSON, CSV and documents', async () => {
    const files = customers('tax: { rate: 0, reason: reverse charge }');
    expect((await bill(`${OF_CUSTOMERS} --format json`, files)).stdout).toContain('"taxReason": "reverse charge"');
    expect((await bill(`${OF_CUSTOMERS} --format html`, files)).stdout).toContain('Tax 0%, reverse charge');
    expect((await bill(`${OF_CUSTOMERS} --format html --locale de`, files)).stdout).toContain(
      'Steuerschuldnerschaft des Leistungsempfängers',
    );
  });

  test('a CSV has it in columns', async () => {
    const csv = { 'c.csv': 'customer_id,tier,tax,tax_reason\nacme,pro,0,reverse charge\n' };
    const { stdout } = await bill('--customers c.csv --format json', csv);
    expect(stdout).toContain('"taxReason": "reverse charge"');
    expect(stdout).toContain('"total": "12.00"');
  });
});

describe('an HTML document', () => {
  const numbered = '--number-from 2026-0099 --issued 2026-11-01';

  test('has sender, recipient, number, dates, lines with their arithmetic, tax with its base, and where to pay', async () => {
    const files = {
      ...customers("bill_to: { name: Acme AG, address: 'Weg 7', reference: PO-1, terms: 30d }"),
      'tiers.yaml': tiersWith(ISSUER.replace('terms: 14d', 'terms: 14d, bank: { iban: AT61 }')),
    };
    const { stdout } = await bill(`${OF_CUSTOMERS} --format html ${numbered}`, files);
    const shown = textOf(stdout);
    // 30 days from 1 November are 1 December; 3 000 − 1 000 = 2 000, ÷ 1 000 × 1 = 2.00; 20% of 12.00 are 2.40
    for (const text of [
      ...['Edge GmbH', 'Acme AG', 'Weg 7', 'PO-1', 'Invoice 2026-0099', '1 November 2026', '1 December 2026'],
      ...['pro, monthly fee', 'requests beyond the 1,000 included', '2,000 ÷ 1,000 × 1 = 2.00', 'IBAN AT61'],
      ...['Subtotal 12.00', 'Tax 20% 2.40', 'Total EUR 14.40', '20% 12.00 2.40'],
      ...['3,000 of 1,000 included, 2,000 beyond', 'most on 5 October 2026: 1,500', 'from 2 rows'],
      '80% of the included requests used',
    ])
      expect(shown).toContain(text);
  });

  test('is a draft without a number or a date', async () => {
    expect((await bill('--tier pro --format html')).stdout).toContain('<h1>Draft invoice');
    expect((await bill('--tier pro --format html --issued 2026-11-01')).stdout).toContain('<h1>Draft invoice');
    expect((await bill(`--tier pro --format html ${numbered}`)).stdout).toContain('<h1>Invoice 2026-0099</h1>');
  });

  test('loads nothing, and runs nothing that a name holds', async () => {
    const name = '<script>alert(1)</script>"onload=\u202e';
    const files = customers(`bill_to: { name: ${JSON.stringify(name)} }`);
    const { stdout } = await bill(`${OF_CUSTOMERS} --format html`, files);
    expect(stdout).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;onload=\\u202e');
    expect(stdout).not.toMatch(/<script|\u202e|(src|href)="(?!data:)/);
  });

  test('has the fingerprint of the first line of NDJSON', async () => {
    const { stdout } = await bill('--tier pro --format html');
    const line = `${(await bill('--tier pro --format ndjson')).stdout.split('\n')[0]}\n`;
    expect(stdout).toContain(createHash('sha256').update(line).digest('hex'));
  });

  test.each`
    locale  | shown
    ${'en'} | ${'from 1 row of usage.'}
    ${'de'} | ${'aus 1 Nutzungszeile errechnet'}
    ${'fr'} | ${'à partir de 1 ligne d’utilisation'}
    ${'es'} | ${'a partir de 1 fila de uso'}
  `('in $locale counts one row as one', async ({ locale, shown }) => {
    const one = { 'usage.csv': `${HEAD}2026-10-05T10:00:00Z,acme,1500,e1\n` };
    expect(textOf((await bill(`--tier pro --format html --locale ${locale}`, one)).stdout)).toContain(shown);
  });

  test('carries the free columns of a CSV, of several rows the last that has a value', async () => {
    const csv = 'customer_id,tier,from,to,cost centre\nacme,pro,,2026-10-06,CC-1\nacme,pro,2026-10-06,,\n';
    const shown = textOf((await bill('--customers c.csv --format html', { 'c.csv': csv })).stdout);
    expect(shown).toContain('cost centre CC-1');
  });

  test.each`
    locale     | shown
    ${'de'}    | ${['Rechnung 2026-0099', '15. November 2026', '2.000 ÷ 1.000 × 1 = 2,00', 'Umsatzsteuer 20\u00a0% 2,40']}
    ${'de-AT'} | ${['2\u00a0000 ÷ 1\u00a0000 × 1 = 2,00']}
    ${'de-CH'} | ${['2’000 ÷ 1’000 × 1 = 2.00', 'Umsatzsteuer 20% 2.40']}
    ${'en-US'} | ${['November 15, 2026']}
    ${'fr'}    | ${['Facture 2026-0099', '1er novembre 2026', '2\u202f000 ÷ 1\u202f000 × 1 = 2,00']}
    ${'es'}    | ${['Factura 2026-0099', '15 de noviembre de 2026', '2000 ÷ 1000 × 1 = 2,00']}
  `('in $locale has its words, dates and digits', async ({ locale, shown }) => {
    const { stdout } = await bill(`--tier pro --format html ${numbered} --locale ${locale}`);
    for (const text of shown) expect(textOf(stdout)).toContain(text);
    expect(stdout).toContain(`<html lang="${locale}">`);
  });
});

describe('a PDF', () => {
  const PDF = '--tier pro --format pdf --number-from 7 --issued 2026-11-01';

  test('is PDF/A-3b, at most 40 kB, and the same bytes each time', async () => {
    const [one, other] = [await bill(`${PDF} -o a.pdf`), await bill(`${PDF} -o a.pdf`)];
    const bytes = one.read('a.pdf');
    expect(bytes.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(bytes.toString('latin1')).toContain('<pdfaid:part>3</pdfaid:part>');
    expect(bytes.length).toBeLessThan(40_000);
    expect(other.read('a.pdf').equals(bytes)).toBe(true);
  });

  test('is the same from one thread or from several', async () => {
    const rows = Array.from({ length: 28 }, (_, i) => `2026-10-05T10:00:00Z,c${i},${i}000,e${i}\n`);
    const files = { 'usage.csv': HEAD + rows.join('') };
    const [one, several] = [
      await bill(`${PDF} --threads 1 -o a/`, files),
      await bill(`${PDF} --threads 2 -o a/`, files),
    ];
    const names = readdirSync(join(one.cwd, 'a'));
    expect(names).toHaveLength(30); // and the two files of the index
    expect(names.filter((name) => !one.read(`a/${name}`).equals(several.read(`a/${name}`)))).toEqual([]);
  });
});

describe('a directory', () => {
  test('gets safe names, and an index that adds up', async () => {
    const rows = ['CON', 'con', '../x', 'acme'].map((id, i) => `2026-10-05T10:00:00Z,${id},${i + 1}000,e${i}\n`);
    const { cwd, read } = await bill('--tier pro --format html --number-from 7 --issued 2026-11-01 -o out/', {
      'usage.csv': HEAD + rows.join(''),
    });
    const documents = ['%2E.%2Fx', '%43ON', '%63on', 'acme'].map((name) => `${name}.2026-10.html`);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual([...documents, 'index.csv', 'index.html'].sort());
    const table = read('out/index.csv')
      .toString()
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    // by id 3 000, 1 000, 4 000 and 2 000 requests: 10 + 2, 10, 10 + 3 and 10 + 1, each and 20%
    expect(table.map((row) => row[11])).toEqual(['14.40', '12.00', '15.60', '13.20']);
    expect(table.map((row) => row[1])).toEqual(['7', '8', '9', '10']);
    const shown = textOf(read('out/index.html').toString());
    expect(shown).toContain('total 55.20'); // 14.40 + 12.00 + 15.60 + 13.20
    expect(shown).toContain('half are at most 13.20, nine of ten at most 15.60, the highest is 15.60');
  });

  test('names what is peculiar: new, by default, without usage, days without rows', async () => {
    const yaml = 'customers:\n  quiet: { tier: pro }\n  fresh: { history: [{ tier: pro, from: 2026-10-06 }] }\n';
    const files = { 'customers.yaml': yaml, 'usage.csv': `${USAGE}2026-10-07T10:00:00Z,fresh,1,e3\n` };
    const { read } = await bill(`${OF_CUSTOMERS} --tier pro --period 2026-10 --format html -o out/`, files);
    const shown = textOf(read('out/index.html').toString());
    expect(shown).toContain('New customers (1) fresh');
    expect(shown).toContain('On the default tier without being named (1) acme');
    expect(shown).toContain('Without any row of usage (1) quiet');
    expect(shown).toContain('Days without any row (2) 2026-10-01 to 2026-10-04 2026-10-08 to 2026-10-31');
  });

  test('tells what an earlier run has left, and is refused where it holds an input', async () => {
    const files = { 'usage.csv': USAGE, 'tiers.yaml': tiersWith(ISSUER) };
    const cwd = temporaryDirectory(files);
    const run = (args: string) => runMeter(['invoice', ...args.split(' ')], { cwd });
    await run('usage.csv --tier pro --format html -o out/');
    await run('usage.csv --tier pro --customer acme --format html -o out/');
    const { stderr } = await run('usage.csv --tier pro --period 2026-11 --allow-empty --format html -o out/');
    expect(stderr).toContain('holds 1 file that this run did not write: acme.2026-10.html');
    const again = await run('out/index.csv --tier pro --format html -o out/');
    expect(again.stderr).toContain('out/index.csv is read by this run and might be replaced [usage/output-is-input]');
  });
});

describe('a logo', () => {
  // one grey pixel
  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  );
  const files = { 'tiers.yaml': tiersWith('issuer: { name: Edge, logo: logo.png }') };

  test('stands in HTML and PDF', async () => {
    const { stdout } = await bill('--tier pro --format html', { ...files, 'logo.png': PNG });
    expect(stdout).toContain(`src="data:image/png;base64,${PNG.toString('base64')}"`);
    const { read } = await bill('--tier pro -o a.pdf', { ...files, 'logo.png': PNG });
    expect(read('a.pdf').toString('latin1')).toContain('/Subtype /Image');
  });

  test('that is no picture, or is not there, is an error', async () => {
    const text = await bill('--tier pro --format html', { ...files, 'logo.png': 'a picture of a cat' });
    expect(text).toMatchObject({ exitCode: 2, stdout: '' });
    expect(text.stderr).toContain('logo.png: error: it is neither PNG nor JPEG [config/not-a-picture]');
    expect((await bill('--tier pro --format html', files)).stderr).toContain('[config/unreadable]');
  });
});

describe('a font of the user', () => {
  const MATHS = readFileSync(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf'));
  const files = { ...customers('bill_to: { name: \u{1d49c} Ltd }'), 'maths.ttf': MATHS };
  const PDF = `${OF_CUSTOMERS} --number-from 1 --issued 2026-11-01 -o a.pdf`;

  test('is in a PDF whose characters the usual one lacks, and who sends it is told where there is none', async () => {
    const without = await bill(PDF, files);
    expect(without.stderr).toContain('1 document has characters that the fonts lack, as code points');
    expect(without.stderr).toContain('--font FILE');
    expect(without.read('a.pdf').toString('latin1')).not.toContain('DejaVuMathTeXGyre');
    const { stderr, read } = await bill(`${PDF} --font maths.ttf`, files);
    expect(stderr).not.toContain('lack');
    expect(read('a.pdf').toString('latin1')).toContain('DejaVuMathTeXGyre');
  });

  test('that is none, or is for no PDF, is an error', async () => {
    const text = await bill(`${PDF} --font usage.csv`, files);
    expect(text.exitCode).toBe(2);
    expect(text.stderr).toContain('usage.csv: error: it is no font [config/not-a-font]');
    const page = await bill(`${OF_CUSTOMERS} --format html --font maths.ttf`, files);
    expect(page.stderr).toContain('--font is about PDF, and html is none [usage/only-for-documents]');
  });
});

test.each`
  args                                 | said
  ${'--format json --locale de'}       | ${'--locale is about documents, and json is none [usage/only-for-documents]'}
  ${'--issued 2026-11-01'}             | ${'--issued is about documents, and table is none [usage/only-for-documents]'}
  ${'--format html --issued now'}      | ${'Write a day, such as 2026-11-01.'}
  ${'--format html --number-from ABC'} | ${'Write a number that ends with digits, such as 2026-1001.'}
  ${'--format html --explain'}         | ${'html always has the arithmetic of each line, without --explain'}
  ${'--format pdf --timeline'}         | ${'pdf always has the notifications of an invoice, without --timeline'}
`('$args is refused', async ({ args, said }) => {
  const { stderr, exitCode } = await bill(`--tier pro ${args}`);
  expect(stderr.toLowerCase()).toContain(said.toLowerCase());
  expect(exitCode).toBe(2);
});

/** The text of a page, with a blank where a tag was. */
function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/[ \n]+/g, ' ')
    .replaceAll('&amp;', '&');
}
