/** Runs the cases of test files against their price lists. */
import { basename, dirname, join } from 'node:path';
import { loadCases, readCaseFile } from '../config/loadCases.ts';
import { loadRateCard } from '../config/loadRateCard.ts';
import { partSource } from '../config/partSource.ts';
import { type Mismatch, mismatchesIn } from '../core/cases/compare.ts';
import { type Billed, type Coverage, coverageBy, type PriceListPart } from '../core/cases/coverage.ts';
import { issueCase } from '../core/cases/issueCase.ts';
import type { PriceCase } from '../core/cases/priceCase.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { Invoice } from '../core/invoice/invoice.ts';
import { isError, type Problem, type ProblemSource } from '../core/problem.ts';
import type { Ports } from './ports.ts';
import { type Outcome, outcomeOf, Refusal } from './refusal.ts';

export type CaseResult = {
  readonly case: PriceCase;
  /** Undefined: it cannot be billed, for the reasons in `problems`. */
  readonly invoice: Invoice | undefined;
  readonly problems: readonly Problem[];
  readonly mismatches: readonly Mismatch[];
};

/** A test file that was run. */
export type TestedFile = {
  readonly name: string;
  /** Name of its price list. */
  readonly tiers: string;
  readonly rateCard: RateCard;
  readonly results: readonly CaseResult[];
};

/** A price list with the parts of it that no case of any test file reaches, and where they stand. */
export type TestedPriceList = Coverage & {
  readonly name: string;
  readonly missing: readonly (PriceListPart & { readonly source: ProblemSource })[];
};

export type PriceTests = {
  readonly files: readonly TestedFile[];
  /** In the order in which test files name them. */
  readonly priceLists: readonly TestedPriceList[];
};

/** Everything that is wrong with any of the files is reported at once. */
export function testPrices(names: readonly string[], ports: Ports): Promise<Outcome<PriceTests>> {
  return outcomeOf(async () => {
    const lists = new Map<string, ReturnType<typeof loadRateCard>>();
    const files: (TestedFile & { readonly billed: readonly Billed[] })[] = [];
    const problems: Problem[] = [];
    for (const name of names) {
      try {
        files.push(await testFile(name, lists, ports));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new Refusal('usage', withoutRepetitions(problems));
    const priceLists = [...lists].map(([name, { rateCard, file }]): TestedPriceList => {
      const billed = files.filter(({ tiers }) => tiers === name).flatMap((one) => one.billed);
      const { parts, missing } = coverageBy(billed, rateCard!);
      return { name, parts, missing: missing.map((part) => ({ ...part, source: partSource(part, file) })) };
    });
    return { files: files.map(({ billed: _, ...file }) => file), priceLists };
  });
}

async function testFile(name: string, lists: Map<string, ReturnType<typeof loadRateCard>>, ports: Ports) {
  const written = readCaseFile(await ports.readText(name), name);
  if (!written.tree) throw new Refusal('usage', written.problems);
  const tiers = join(dirname(name), written.tiers?.name ?? listBeside(name));
  const loaded = lists.get(tiers) ?? loadRateCard(await textOf(tiers, written.tiers?.source, ports), tiers);
  lists.set(tiers, loaded);
  const { rateCard } = loaded;
  if (!rateCard) throw new Refusal('usage', [...written.problems, ...loaded.problems.filter(isError)]);
  const { cases, problems } = loadCases(written, rateCard);
  if (!cases) throw new Refusal('usage', problems);
  const billed: Billed[] = [];
  const results = cases.map((one): CaseResult => {
    const issued = issueCase(one, rateCard);
    if (!issued.invoice) return { case: one, invoice: undefined, problems: issued.problems, mismatches: [] };
    billed.push(issued);
    const { invoice } = issued;
    return { case: one, invoice, problems: [], mismatches: mismatchesIn(invoice, one.expected) };
  });
  return { name, tiers, rateCard, results, billed };
}

/** `tiers.yaml` of `tiers.test.yaml`. */
function listBeside(name: string): string {
  const match = /^(.+)\.test(\.\w+)$/.exec(basename(name));
  if (match) return `${match[1]}${match[2]}`;
  throw new Refusal('usage', [
    {
      severity: 'error',
      code: 'cases/no-tiers-file',
      source: { file: name },
      message: 'nothing says which price list these cases are of',
      hint: 'write tiers: tiers.yaml, or call the file tiers.test.yaml',
    },
  ]);
}

/** A price list that cannot be read is a problem of the line that names it. */
async function textOf(name: string, source: ProblemSource | undefined, ports: Ports): Promise<string> {
  try {
    return await ports.readText(name);
  } catch (error) {
    if (!(error instanceof Refusal) || !source) throw error;
    const message = `${name}: ${error.problems[0]?.message ?? error.message}`;
    const hint = 'paths begin at the directory of the test file';
    throw new Refusal('usage', [{ severity: 'error', code: 'cases/no-tiers-file', source, message, hint }]);
  }
}

/** What is wrong with a price list is found once for each test file of it. */
function withoutRepetitions(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
