import { statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { loadCustomers } from '../../config/customers/loadCustomers.ts';
import { isTimeZone } from '../../core/calendar.ts';
import type { Customer } from '../../core/catalog/customer.ts';
import { pricedDimensions, type RateCard } from '../../core/catalog/rateCard.ts';
import { type BillingRun, boundariesOf, issueInvoices, runProblems, spansOf } from '../../core/invoice/billingRun.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { type PeriodChoice, parsePeriodChoice, periodLabel } from '../../core/period.ts';
import { didYouMean } from '../../core/problem.ts';
import type { TimeUnit } from '../../core/timestamp.ts';
import { bucketsFor } from '../../core/usage/buckets.ts';
import { INVOICE_FORMATS, type InvoiceFormatName } from '../../report/invoice/index.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import type { InputFormat } from '../../telemetry/formats.ts';
import type { Source } from '../../telemetry/source.ts';
import { styleFor } from '../colour.ts';
import { CommandFailure, usageProblem } from '../failure.ts';
import { fileNames } from '../fileNames.ts';
import { readConfigFile, refuseOverwriting, sourcesOf } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { makeDirectory, writeFileAtomically, writeOut } from '../output.ts';
import { loadTiersOption } from '../rateCardOption.ts';
import { type RejectLimit, readExports } from '../readExports.ts';

export type InvoiceFlags = {
  readonly tiers?: string;
  readonly customers?: string;
  readonly tier?: string;
  readonly period?: string;
  readonly customer?: readonly string[];
  readonly format?: InvoiceFormatName;
  readonly output?: string;
  readonly explain?: boolean;
  readonly all?: boolean;
  readonly maxRejects: RejectLimit;
  readonly rejects?: string;
  readonly inputFormat?: InputFormat;
  readonly timezone?: string;
  readonly timeUnit?: TimeUnit;
  readonly dedupe: boolean;
  readonly color?: boolean;
  readonly quiet?: boolean;
};

export async function invoice(exports: readonly string[], flags: InvoiceFlags, io: Io): Promise<ExitCode> {
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const rateCard = await loadTiersOption(flags.tiers, io, say);
  const customers =
    flags.customers === undefined ? new Map() : await loadCustomersOption(flags.customers, rateCard, io);
  const periods = periodOption(flags.period, rateCard);
  const defaultTier = flags.tier === undefined ? rateCard.defaultTier : tierOption(flags.tier, rateCard);
  if (flags.timezone !== undefined && !isTimeZone(flags.timezone)) {
    const problem = usageProblem(
      'unknown-timezone',
      `"${flags.timezone}" is not a timezone`,
      'use an IANA name such as Europe/Berlin',
    );
    throw new CommandFailure(EXIT.usage, [problem]);
  }
  const target = targetOf(flags, io);
  const sources = await sourcesOf(exports, io);
  refuseOverwriting([flags.output, flags.rejects], inputsOf(sources, flags), io);

  const { ledger, rows } = await readExports(
    {
      sources,
      meters: [...rateCard.meters.values()],
      dimensions: pricedDimensions(rateCard, customers),
      buckets: bucketsFor(rateCard.timezone, boundariesOf(customers, periods, rateCard.timezone)),
      period: periods.kind === 'one' ? periods.period : undefined,
      spans: spansOf(customers, periods, rateCard.timezone),
      dedupe: flags.dedupe,
      trace: flags.explain === true,
      format: flags.inputFormat,
      timezone: flags.timezone,
      timeUnit: flags.timeUnit,
    },
    flags,
    io,
  );

  const only = flags.customer && new Set(flags.customer);
  const run: BillingRun = { rateCard, ledger, periods, customers, defaultTier, only };
  const problems = runProblems(run);
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);

  const report: InvoiceReport = {
    currency: rateCard.currency,
    timezone: rateCard.timezone,
    meters: rateCard.meters,
    invoices: () => issueInvoices(run),
    rows,
    explain: flags.explain === true,
  };
  await put(report, target, flags, io);
  return EXIT.done;
}

function inputsOf(sources: readonly Source[], flags: InvoiceFlags): string[] {
  const files = [flags.tiers, flags.customers].filter((name) => name !== undefined);
  return [...sources.flatMap((source) => (source.kind === 'file' ? [source.path] : [])), ...files];
}

type Target =
  | { readonly kind: 'stdout'; readonly format: InvoiceFormatName }
  | { readonly kind: 'file' | 'directory'; readonly name: string; readonly format: InvoiceFormatName };

/** Where the result goes and as what: `--format` wins, then the name's ending, then a table (in a directory: JSON). */
function targetOf(flags: InvoiceFlags, io: Io): Target {
  if (flags.output === undefined || flags.output === '-') return { kind: 'stdout', format: flags.format ?? 'table' };
  const path = resolve(io.cwd, flags.output);
  const isDirectory = flags.output.endsWith('/') || isDirectoryThere(path);
  if (isDirectory) return { kind: 'directory', name: flags.output, format: flags.format ?? 'json' };
  const format = flags.format ?? FORMAT_OF_ENDING.get(extname(path).slice(1).toLowerCase());
  if (format === undefined) {
    const endings = Object.keys(INVOICE_FORMATS).filter((name) => name !== 'table');
    const problem = usageProblem(
      'unknown-ending',
      `the ending of ${flags.output} does not tell a format`,
      `use .${endings.join(', .')} or .txt, or name one with --format`,
    );
    throw new CommandFailure(EXIT.usage, [problem]);
  }
  return { kind: 'file', name: flags.output, format };
}

const FORMAT_OF_ENDING: ReadonlyMap<string, InvoiceFormatName> = new Map<string, InvoiceFormatName>([
  ...(Object.keys(INVOICE_FORMATS) as InvoiceFormatName[]).map((name) => [name, name] as const),
  ['txt', 'table'],
  ['markdown', 'md'],
  ['jsonl', 'ndjson'],
]);

function isDirectoryThere(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // whatever is the matter with it will show when it is written
  }
}

async function put(report: InvoiceReport, target: Target, flags: InvoiceFlags, io: Io): Promise<void> {
  const format = INVOICE_FORMATS[target.format];
  const isTerminal = target.kind === 'stdout';
  const presentation = {
    style: styleFor(io, isTerminal ? io.stdout : {}, isTerminal ? flags : { color: false }),
    columns: io.stdout.columns ?? 80,
    all: flags.all === true,
  };
  if (target.kind === 'stdout') await writeOut(io, format(report, presentation));
  else if (target.kind === 'file') await writeFileAtomically(io, target.name, format(report, presentation));
  else {
    await makeDirectory(io, target.name);
    const nameOf = fileNames();
    const ending = target.format === 'table' ? 'txt' : target.format;
    for (const one of report.invoices()) {
      const single: InvoiceReport = { ...report, invoices: () => [one] };
      const name = nameOf(nameBase(one, report), ending);
      await writeFileAtomically(io, join(target.name, name), format(single, presentation));
    }
  }
}

function nameBase(invoice: Invoice, report: InvoiceReport): string {
  return `${invoice.customer}.${periodLabel(invoice.period, report.timezone)}`;
}

async function loadCustomersOption(name: string, rateCard: RateCard, io: Io): Promise<ReadonlyMap<string, Customer>> {
  const { customers, problems } = loadCustomers(await readConfigFile(name, io), name, rateCard);
  if (!customers) throw new CommandFailure(EXIT.usage, problems);
  return customers;
}

function periodOption(text: string | undefined, rateCard: RateCard): PeriodChoice {
  if (text === undefined) return { kind: 'months' };
  const choice = parsePeriodChoice(text, rateCard.timezone);
  if ('reason' in choice) {
    throw new CommandFailure(EXIT.usage, [usageProblem('bad-period', `--period ${text}: ${choice.reason}`)]);
  }
  return choice;
}

function tierOption(name: string, rateCard: RateCard): string {
  if (rateCard.tiers.has(name)) return name;
  const meant = didYouMean(name, rateCard.tiers.keys());
  const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...rateCard.tiers.keys()].join(', ')}`;
  throw new CommandFailure(EXIT.usage, [usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint)]);
}
