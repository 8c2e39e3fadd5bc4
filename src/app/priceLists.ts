/** Price lists that follow each other: their files, checked against each other. */
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadRateCard } from '../config/loadRateCard.ts';
import type { PriceList } from '../core/catalog/customer.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { namesOf } from '../core/catalog/priceLists.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { PeriodChoice } from '../core/period.ts';
import { isError, type Problem, type ProblemSource } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import type { Ports } from './ports.ts';
import { tierFileName } from './rateCardOption.ts';
import { Refusal } from './refusal.ts';

/** A price list, and the file that it stands in. */
export type ListFile = PriceList & {
  readonly file: string;
  /** The place of a key, or of the file where it has none. */
  readonly at: (key: 'name' | 'valid_from' | 'currency' | 'timezone' | 'meters') => ProblemSource;
};

/** Ascending by their first days. Names may be globs; without any the tier file is taken that is found. */
export async function loadPriceLists(
  given: string | readonly string[] | undefined,
  ports: Ports,
): Promise<readonly [ListFile, ...ListFile[]]> {
  const named = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  if (named.length === 0) ports.say(`using ${tierFileName(ports)}\n`);
  const names = named.length === 0 ? [tierFileName(ports)] : await filesOf(named, ports);
  const lists: ListFile[] = [];
  for (const file of names) {
    const { rateCard, problems, file: yaml } = loadRateCard(await ports.readText(file), file);
    if (!rateCard) throw new Refusal('usage', problems.filter(isError));
    const name = basename(file).replace(/\.(ya?ml|json)$/i, '');
    lists.push({ file, name, rateCard, at: (key) => yaml.locate([key]) });
  }
  lists.sort((a, b) => beginOf(a.rateCard) - beginOf(b.rateCard) || 0);
  const problems = lists
    .slice(1)
    .flatMap((list, i) => [...differenceProblems(lists[0]!, list), ...succession(lists[i]!, list)]);
  const taken = new Map<string, ListFile>();
  for (const list of lists) {
    for (const name of new Set(namesOf(list))) {
      const other = taken.get(name);
      if (other)
        problems.push(
          problem('same-name', list, `it is called ${name}, as ${other.file} is`, 'give one of them another name:'),
        );
      taken.set(name, list);
    }
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
  return lists as [ListFile, ...ListFile[]];
}

function beginOf({ validFrom = Number.NEGATIVE_INFINITY }: RateCard): number {
  return validFrom;
}

async function filesOf(named: readonly string[], ports: Ports): Promise<string[]> {
  const files: string[] = [];
  for (const name of named) {
    if (!/[*?[{]/.test(name)) files.push(name);
    else {
      const sources = await ports.sourcesOf([name]).catch((error: unknown) => {
        throw error instanceof Refusal ? new Refusal('usage', error.problems) : error;
      });
      files.push(...sources.map((source) => source.name));
    }
  }
  return [...new Set(files)];
}

/** Lists can be used over one reading if they count alike. */
export function differenceProblems(one: ListFile, other: ListFile): Problem[] {
  const problems: Problem[] = [];
  const [a, b] = [one.rateCard, other.rateCard];
  if (a.currency.code !== b.currency.code) {
    const message = `it is in ${b.currency.code}, and ${one.file} in ${a.currency.code}`;
    problems.push(problem('other-currency', other, message, 'give them one currency', 'currency'));
  }
  if (a.timezone !== b.timezone) {
    const message = `its months begin in ${b.timezone}, those of ${one.file} in ${a.timezone}`;
    problems.push(problem('other-timezone', other, message, `write timezone: ${a.timezone}`, 'timezone'));
  }
  for (const [name, meter] of b.meters) {
    const own = a.meters.get(name);
    if (!own || isDeepStrictEqual(own, meter)) continue;
    const message = `it counts ${name} in another way than ${one.file}`;
    problems.push(problem('other-meter', other, message, 'give the meter another name, or define it alike', 'meters'));
  }
  return problems;
}

/** A list must begin later than the one before it. */
function succession(before: ListFile, list: ListFile): Problem[] {
  if (beginOf(before.rateCard) !== beginOf(list.rateCard)) return [];
  const { line } = before.at('valid_from');
  const place = before.rateCard.validFrom === undefined ? before.file : `${before.file}:${line}`;
  const since = list.rateCard.validFrom === undefined ? 'from ever' : 'from the same day';
  const hint = 'give one of them a later day: valid_from: 2027-01-01';
  return [problem('overlap', list, `it is valid ${since}, as ${place} is`, hint, 'valid_from')];
}

function problem(
  code: CodeOf<'lists'>,
  list: ListFile,
  message: string,
  hint: string,
  key?: Parameters<ListFile['at']>[0],
): Problem {
  const source = key === undefined ? { file: list.file } : list.at(key);
  return { severity: 'error', code: codesOf('lists')(code), source, message, hint };
}

/** The last list that holds when the first period begins; with every month, the last one. */
export function listInForce(lists: readonly [PriceList, ...PriceList[]], periods: PeriodChoice): PriceList {
  if (periods.kind !== 'one') return lists.at(-1)!;
  return lists.findLast(({ rateCard }) => beginOf(rateCard) <= periods.period.start) ?? lists[0];
}

/** The list in force, with the meters, tiers and packs that another list has and it lacks. */
export function togetherWith(own: RateCard, lists: readonly PriceList[]): RateCard {
  const others = lists.map(({ rateCard }) => rateCard);
  const joined = <V>(of: (rateCard: RateCard) => ReadonlyMap<string, V>): ReadonlyMap<string, V> =>
    new Map([...others.flatMap((rateCard) => [...of(rateCard)]), ...of(own)]);
  const dimensions = [own, ...others].flatMap((rateCard) => rateCard.dimensions ?? []);
  return {
    ...own,
    meters: joined<Meter>(({ meters }) => meters),
    tiers: joined(({ tiers }) => tiers),
    creditPacks: joined(({ creditPacks }) => creditPacks),
    ...(own.dimensions && { dimensions: [...new Set(dimensions)] }),
  };
}
