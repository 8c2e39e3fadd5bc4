/**
 * `src/README.md` › "Where do I add…" holds: in a copy of the sources, a toy of four families is added by the files that its
 * row names and by nothing else. The copy is type-checked and built by one run of tsc, and then run.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectBuilt } from './support/builtProgram.ts';
import { reference } from './support/reference.ts';
import { ROOT, type RunResult, runMeter } from './support/runMeter.ts';

type Toy = {
  /** The row of the table. */
  readonly row: string;
  /** New files, named as in `src/`. */
  readonly files: Readonly<Record<string, string>>;
  /** Entries of lists, with the import that they need. */
  readonly entries: readonly {
    readonly file: string;
    readonly list: string;
    readonly entry: string;
    readonly import?: string;
  }[];
};

/** Usage at a price for so many units, but at most `most` a period. */
const PRICE_MODEL: Toy = {
  row: 'a price model',
  files: {
    'core/pricing/capped.ts': `
      import type { Decimal } from '../decimal.ts';
      import { Fraction } from '../fraction.ts';
      import { type CostPart, costOf, type PriceModel } from './model.ts';
      import { linearPart, type UnitAmount } from './unitAmount.ts';

      export type CappedPrice = { readonly model: 'capped'; readonly most: Decimal } & UnitAmount;

      export const capped: PriceModel<CappedPrice> = {
        costMayFall: false,
        rate(price, quantity) {
          const linear: CostPart[] = [linearPart(price, quantity)];
          const most: CostPart[] = [{ of: 'flat', amount: price.most, count: Fraction.ONE }];
          const parts = costOf(linear).cmp(costOf(most)) > 0 ? most : linear;
          return [{ quantity, exact: costOf(parts), parts, price: price.text }];
        },
      };`,
    'config/prices/capped.ts': `
      import { z } from 'zod';
      import { moneyText, quantityText } from '../schemaTexts.ts';
      import type { PriceFormat } from './format.ts';
      import { readUnitAmount } from './unitAmount.ts';

      type Text = { model: 'capped'; amount: string; per?: string | undefined; most: string };

      export const capped: PriceFormat<'capped', Text> = {
        schema: z.strictObject({
          model: z.literal('capped'),
          amount: moneyText('Price of each \`per\` units'),
          per: quantityText('Units that the amount is for. Default: one').optional(),
          most: moneyText('More than that is never charged'),
        }),
        read(text, reader) {
          const amount = readUnitAmount(text, reader);
          const most = reader.money(text.most, 'most');
          return amount && most && { model: 'capped', ...amount, most };
        },
      };`,
  },
  entries: [
    {
      file: 'core/pricing/index.ts',
      list: 'PRICE_MODELS',
      entry: 'capped',
      import: "import { capped } from './capped.ts';",
    },
    {
      file: 'config/prices/index.ts',
      list: 'PRICE_FORMATS',
      entry: 'capped',
      import: "import { capped } from './capped.ts';",
    },
  ],
};

/** A line for each customer: `acme 20.75`. */
const INVOICE_FORMAT: Toy = {
  row: 'an output format of invoices',
  files: {
    'report/invoice/sums.ts': `
      import type { InvoiceFormat } from './report.ts';

      export const invoiceSums: InvoiceFormat = function* (report) {
        for (const { customer, total } of report.invoices()) yield \`\${customer} \${total.toFixed(2)}\\n\`;
      };`,
  },
  entries: [
    {
      file: 'report/invoice/index.ts',
      list: 'INVOICE_FORMATS',
      entry: 'sums: invoiceSums',
      import: "import { invoiceSums } from './sums.ts';",
    },
  ],
};

const COMMAND: Toy = {
  row: 'a command',
  files: {
    'cli/commands/greet.ts': `
      import { command } from '../command.ts';
      import { choiceFlag } from '../flags/flag.ts';
      import { EXIT } from '../io.ts';
      import { writeOut } from '../output.ts';

      export default command({
        name: 'greet',
        summary: 'says good day to somebody',
        operands: { name: 'name', help: 'whom', count: 'one' },
        flags: { language: choiceFlag(['en', 'de'] as const, { help: 'in which language' }) },
        examples: [['greet Ada', 'a greeting']],
        async run({ operands: [name], flags, io }) {
          await writeOut(io, [\`\${flags.language === 'de' ? 'Guten Tag' : 'Good day'}, \${name}\\n\`]);
          return EXIT.done;
        },
      });`,
  },
  entries: [{ file: 'cli/main.ts', list: 'COMMANDS', entry: "greet: () => import('./commands/greet.ts')" }],
};

/** Fields between vertical bars. */
const EXPORT_FORMAT: Toy = {
  row: 'a format of exports, of delimited text',
  files: {},
  entries: [
    {
      file: 'telemetry/formats.ts',
      list: 'DELIMITED_FORMATS',
      entry: "psv: { delimiter: '|', quotes: 'csv', begins: (line) => line.includes('|') && !line.includes(',') }",
    },
  ],
};

const TOYS: readonly Toy[] = [PRICE_MODEL, INVOICE_FORMAT, COMMAND, EXPORT_FORMAT];

test.each(TOYS)('the row "$row" names each file that the toy touches', ({ row, files, entries }) => {
  const line = readFileSync(join(ROOT, 'src/README.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| ${row} `));
  expect(line, `src/README.md has no row "${row}"`).toBeDefined();
  const places = [...line!.matchAll(/`([^`]+)`/g)].map(([, place]) => place!);
  for (const file of [...Object.keys(files), ...entries.map(({ file }) => file)]) {
    expect(places.includes(file) || places.includes(`${dirname(file)}/`), `${file} is not named by: ${line}`).toBe(
      true,
    );
  }
});

describe('in a copy with all four toys, which tsc accepts,', () => {
  const copy = mkdtempSync(join(tmpdir(), 'meter-toys-'));
  let program: typeof import('../src/cli/main.ts');

  beforeAll(async () => {
    expectBuilt();
    for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const toy of TOYS) add(toy, join(copy, 'src'));
    compile(copy);
    for (const kernel of kernels()) cpSync(join(ROOT, 'dist', kernel), join(copy, 'dist', kernel));
    program = await import(pathToFileURL(join(copy, 'dist/cli/main.js')).href);
  }, 120_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /** The copy's program, in its directory, where `files` are. */
  async function run(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<RunResult> {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(copy, name), text);
    return runMeter(args, { cwd: copy, main: program.main });
  }

  const TIERS = (price: string) =>
    `pricing_tiers:\n  pro: { cost: 0, limits: { requests: 1k }, overage: { requests: ${price} } }\n`;
  const CAPPED = TIERS('{ model: capped, amount: 0.50, per: 1k, most: 2 }');
  const csv = (requests: number) => `timestamp,customer_id,requests\n2026-10-01T00:00:00Z,acme,${requests}\n`;

  test('the price model rates: 3 000 requests beyond 1 000 are 3 × 0.50, and 9 000 are 2.00 instead of 4.50', async () => {
    const bill = (requests: number) =>
      run(['invoice', 'usage.csv', '--tiers', 'tiers.yaml', '--tier', 'pro', '--quiet'], {
        'tiers.yaml': CAPPED,
        'usage.csv': csv(requests),
      });
    expect((await bill(4000)).stdout).toMatch(/requests beyond 1k +3 000 at 0\.50\/1k +1\.50\n/);
    expect((await bill(10_000)).stdout).toMatch(/requests beyond 1k +9 000 at 0\.50\/1k +2\.00\n/);
  });

  test('the price model is validated, and its form is in the JSON Schema', async () => {
    const validate = (text: string) => run(['validate', 'tiers.yaml'], { 'tiers.yaml': text });
    expect((await validate(CAPPED)).exitCode).toBe(0);
    const { stderr, exitCode } = await validate(TIERS('{ model: capped, amount: 0.50, per: 1k }'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('most');
    const misspelt = await validate(TIERS('{ model: caped, amount: 0.50, most: 2 }'));
    expect(misspelt.stderr).toContain('capped');
    const { stdout } = await run(['schema', 'tiers']);
    expect(stdout).toContain('"const": "capped"');
    expect(stdout).toContain('More than that is never charged');
  });

  test('the invoice format is drawn, chosen by the ending of a file, and listed where formats are', async () => {
    const files = { 'tiers.yaml': CAPPED, 'usage.csv': csv(4000) };
    const args = ['invoice', 'usage.csv', '--tiers', 'tiers.yaml', '--tier', 'pro', '--quiet'];
    expect((await run([...args, '--format', 'sums'], files)).stdout).toBe('acme 1.50\n');
    expect((await run([...args, '-o', 'result.sums'], files)).exitCode).toBe(0);
    expect(readFileSync(join(copy, 'result.sums'), 'utf8')).toBe('acme 1.50\n');
    expect((await run(['invoice', '--help'])).stdout.replace(/\s+/g, ' ')).toMatch(/--format <name>[^-]*\bsums\b/);
    expect((await run([...args, '--format', 'sum'])).stderr).toContain('sums');
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect((await run(['completion', shell])).stdout, shell).toMatch(/\bjunit\b.{0,3}\bsums\b/);
    }
    expect((await run(['schema', 'config'])).stdout).toContain('"sums"');
    expect(reference(await program.allCommands())).toMatch(/`--format <name>` \|[^|]*\bsums\b/);
  });

  test('the command is in help, completion, reference and configuration, and runs', async () => {
    expect(await run(['greet', 'Ada', '--language', 'de'])).toEqual({
      stdout: 'Guten Tag, Ada\n',
      stderr: '',
      exitCode: 0,
    });
    expect((await run(['greet', 'Ada'], { 'meter.yaml': 'greet: { language: de }\n' })).stdout).toBe(
      'Guten Tag, Ada\n',
    );
    rmSync(join(copy, 'meter.yaml'));
    expect((await run(['--help'])).stdout).toMatch(/greet .*says good day to somebody/);
    expect((await run(['gret'])).stderr).toContain('greet');
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await run(['completion', shell])).stdout, shell).toMatch(/\bgreet\b/);
    expect((await run(['schema', 'config'])).stdout).toContain('"greet"');
    expect(reference(await program.allCommands())).toContain('## meter greet\n\nSays good day to somebody.');
  });

  test('the format of exports is recognised, can be asked for, and is read by both readers alike', async () => {
    const rows = 'timestamp|customer_id|requests\n2026-10-01T00:00:00Z|"a|b"|3000\n2026-10-02T00:00:00Z|"a|b"|"1000"\n';
    const args = ['invoice', 'usage.psv', '--tiers', 'tiers.yaml', '--tier', 'pro', '--format', 'sums'];
    const files = { 'tiers.yaml': CAPPED, 'usage.psv': rows };
    const recognised = await run(args, files);
    expect(recognised.stdout).toBe('a|b 1.50\n');
    expect(recognised.stderr).toContain('2 rows read = 2 rated + 0 duplicate + 0 out of period + 0 rejected');
    expect((await run([...args, '--input-format', 'psv'], files)).stdout).toBe(recognised.stdout);
    expect((await run(['usage', '--help'])).stdout).toContain('psv');
    // A percentile needs every row, which the reference reader alone gives.
    const peak = '  peak: { field: requests, unit: request, aggregate: { percentile: 95, of: 5min } }\n';
    const meters = `meters:\n  requests: { field: requests, unit: request }\n${peak}`;
    const plainly = await run(args, { ...files, 'tiers.yaml': `${meters}${CAPPED}` });
    expect(plainly.stdout).toBe(recognised.stdout);
    expect(plainly.stderr).toContain('2 rows read = 2 rated');
  });
});

function add({ files, entries }: Toy, src: string): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(src, name), `${text}\n`, { flag: 'wx' });
  for (const { file, list, entry, import: needed } of entries) {
    const text = readFileSync(join(src, file), 'utf8');
    const changed = withEntry(text, list, entry);
    writeFileSync(join(src, file), needed === undefined ? changed : `${needed}\n${changed}`);
  }
}

/** The text with one more entry at the end of `const list = { … }`. */
function withEntry(text: string, list: string, entry: string): string {
  const start = text.indexOf(' = {', text.search(new RegExp(`\\bconst ${list}\\b`))) + ' = '.length;
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if ('{[('.includes(text[i]!)) depth++;
    else if ('}])'.includes(text[i]!)) depth--;
    if (depth === 0) return `${text.slice(0, i).trimEnd().replace(/,?$/, ',')}\n  ${entry},\n${text.slice(i)}`;
  }
  throw new Error(`there is no list ${list}`);
}

/** Type-checks the sources and puts their JavaScript into `dist/`; what tsc has to say fails the test. */
function compile(directory: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: directory, encoding: 'utf8' });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout);
  }
}

/** The kernel knows nothing of the toys: the built one serves the copy. */
function kernels(): string[] {
  const files = readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('kernel.wasm') && !name.startsWith('debug'));
}
