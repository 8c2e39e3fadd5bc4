/** The lints of core over files: findings as problems with their places. */
import { edgeUse } from '../config/edge/edgeUse.ts';
import { loadRoutes } from '../config/edge/index.ts';
import type { FileKind } from '../config/fileKind.ts';
import { applyIgnores, type Ignored } from '../config/ignores.ts';
import { type LoadedRateCard, loadRateCard } from '../config/loadRateCard.ts';
import { writtenIn } from '../config/written.ts';
import { readYaml, type YamlFile } from '../config/yamlFile.ts';
import type { Customer } from '../core/catalog/customer.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { checklist, type LintAnswer, type PointAnswer } from '../core/lint/checklist.ts';
import {
  cliffsInContracts,
  type EdgeUse,
  type Finding,
  type Lint,
  type LintResult,
  lintPriceList,
} from '../core/lint/index.ts';
import { byPlace, isError, type Problem } from '../core/problem.ts';

/** A file as it was checked; `problems` are those of its form and of its references. */
export type CheckedFile = {
  readonly file: string;
  readonly text: string;
  readonly kind: FileKind | undefined;
  readonly problems: readonly Problem[];
};

export type LintedFile = CheckedFile & {
  /** Warnings that a comment in the file silences. */
  readonly ignored: readonly Ignored[];
  /** Of a tier file: the production checklist. */
  readonly points?: readonly PointAnswer[];
};

/**
 * Lints all files. Routes are held against `tiers`, the tier file that the others are checked against; it need not be one
 * of the files.
 */
export function lintFiles(files: readonly CheckedFile[], tiers: LoadedRateCard | undefined): LintedFile[] {
  const edges = files.filter(({ kind }) => kind === 'routes').flatMap(({ file, text }) => edgesIn(text, file));
  const answers = new Map<string, readonly LintAnswer[]>();
  for (const { file, text, kind } of files) {
    if (kind !== 'tiers' || file === tiers?.file.name) continue;
    answers.set(file, lintTierFile(loadRateCard(text, file), []));
  }
  if (tiers) answers.set(tiers.file.name, lintTierFile(tiers, edges));
  const found = [...answers.values()].flatMap((all) => all.flatMap(({ problems }) => problems));

  const sifted = files.map((file) => sift(file, found, tiers?.rateCard !== undefined));
  const ignored = new Set(sifted.flatMap((one) => one.ignored.map(({ problem }) => problem)));
  return sifted.map((one) =>
    one.kind === 'tiers' ? { ...one, points: checklist(answers.get(one.file) ?? [], ignored) } : one,
  );
}

/** A file with its own findings among its problems, and without what its comments silence. */
function sift(checked: CheckedFile, found: readonly Problem[], hasTiers: boolean): LintedFile {
  const { file, text, kind, problems } = checked;
  if (kind !== 'tiers' && kind !== 'routes' && kind !== 'customers') return { ...checked, ignored: [] };
  const errors = new Set(problems.filter(isError).map(placeOf));
  const own = found.filter((finding) => finding.source?.file === file && !errors.has(placeOf(finding)));
  const all = [...problems, ...own].sort(byPlace);
  // Without a price list nothing was looked for in routes and contracts.
  const isJudged = (code: string) =>
    kind === 'tiers' ? !problems.some(isError) : hasTiers || !code.startsWith('lint/');
  return { ...checked, ...applyIgnores(text, file, all, isJudged) };
}

function placeOf({ source }: Problem): string {
  return `${source?.line}:${source?.column}`;
}

function edgesIn(text: string, name: string): EdgeUse[] {
  const { file } = loadRoutes(text, name);
  return file ? [edgeUse(file)] : [];
}

/** Answers of all lints about a tier file that loads; none about one that does not. `edges`: routes checked beside it. */
function lintTierFile({ rateCard, file }: LoadedRateCard, edges: readonly EdgeUse[]): LintAnswer[] {
  if (!rateCard) return [];
  return lintPriceList({ rateCard, written: writtenIn(file), edges }).map((result) => answerOf(result, file));
}

function answerOf({ lint, findings, undecided }: LintResult, file: YamlFile): LintAnswer {
  return {
    lint,
    problems: findings.map((finding) => problemOf(finding, lint, file)),
    ...(undecided !== undefined && { undecided }),
  };
}

function problemOf(finding: Finding, { code, severity }: Pick<Lint, 'code' | 'severity'>, file: YamlFile): Problem {
  const source = 'path' in finding ? file.locate(finding.path, finding.part) : finding.source;
  return { severity, code, source, message: finding.message, hint: finding.hint };
}

/** Cliffs in the prices of contracts in a customers file, which may be YAML. */
export function lintContracts(
  customers: ReadonlyMap<string, Customer>,
  rateCard: RateCard,
  { text, file }: { readonly text: string; readonly file: string },
): Problem[] {
  const findings = cliffsInContracts(customers, rateCard);
  if (findings.length === 0) return [];
  const yaml = readYaml(text, file);
  return findings.map((finding) => problemOf(finding, { code: 'lint/cliff', severity: 'warning' }, yaml));
}
