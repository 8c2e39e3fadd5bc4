/** Scenarios that extend others, written out: each has all of its terms itself. */
import { didYouMean, type Problem } from '../core/problem.ts';
import { asMap, type Path, type TextMap, type TextTree, type YamlFile } from './yamlFile.ts';

export type ExtendedFile = {
  /** The scenarios file with the terms of each scenario written out. Places are those at which a value was written. */
  readonly file: YamlFile;
  /** By scenario: the tier file, as the scenarios file calls it, on which the terms of the scenario stand. */
  readonly tierFileOf: ReadonlyMap<string, string>;
  /** By scenario: tiers that none of those it extends has, in the order in which they were added. */
  readonly addedTiers: ReadonlyMap<string, readonly string[]>;
  /** Removals of what is not there. */
  readonly problems: readonly Problem[];
};

/**
 * Keys that a scenario takes from those that it extends. `description` is its own, `policies` are merged where they are
 * read.
 */
const INHERITED = ['pricing_tiers', 'free_tier', 'annual'] as const;

function isInherited(key: string): boolean {
  return (INHERITED as readonly string[]).includes(key);
}

/**
 * A map keeps what an extension does not name: tiers by name, keys of a tier, limits and prices by meter. A price is replaced as
 * a whole. Null removes, but for `overage` and what is in it, where null means that nothing is sold. A tier file that is extended
 * counts as if it were written out. Chains that lead nowhere or in a circle are left as they are, for the reader to report.
 */
export function extendScenarios(file: YamlFile, tierFiles: ReadonlyMap<string, YamlFile>): ExtendedFile {
  const tierFileOf = new Map<string, string>();
  const addedTiers = new Map<string, readonly string[]>();
  const scenarios = asMap(asMap(file.tree)?.scenarios);
  if (!scenarios) return { file, tierFileOf, addedTiers, problems: [] };
  const problems: Problem[] = [];
  const chains = new Map<string, readonly string[]>();
  const written: TextMap = {};
  for (const [name, own] of Object.entries(scenarios)) {
    const chain = chainOf(name, scenarios);
    const scenario = chain.length > 1 ? asMap(own) : undefined;
    written[name] = own;
    if (!scenario) continue;
    chains.set(name, chain);
    const { terms, base, added } = termsOf(chain, scenarios, tierFiles, (path, known) =>
      problems.push(nothingToRemove(file, ['scenarios', name, ...path], known)),
    );
    if (base !== undefined) tierFileOf.set(name, base);
    if (added.length > 0) addedTiers.set(name, added);
    const without = Object.fromEntries(
      Object.entries(scenario).filter(([key, value]) => value !== null || !isInherited(key)),
    );
    written[name] = { ...without, ...terms };
  }
  const locate: YamlFile['locate'] = (path, part) => {
    const [section, name, ...rest] = path;
    const chain = section === 'scenarios' && chains.get(String(name));
    if (!chain) return file.locate(path, part);
    const places = [...chain.map((link) => ({ in: file, start: ['scenarios', link] as Path, tree: scenarios[link] }))];
    const base = tierFiles.get(tierFileOf.get(String(name)) ?? '');
    if (base) places.push({ in: base, start: [], tree: base.tree });
    const nearest = places.reduce((best, place) =>
      depthOf(place.tree, rest) > depthOf(best.tree, rest) ? place : best,
    );
    return nearest.in.locate([...nearest.start, ...rest], part);
  };
  return {
    file: { ...file, tree: { ...asMap(file.tree), scenarios: written }, locate },
    tierFileOf,
    addedTiers,
    problems,
  };
}

/** A scenario and those it extends, nearest first; the scenario alone where that leads nowhere or in a circle. */
function chainOf(name: string, scenarios: TextMap): readonly string[] {
  const chain = [name];
  for (let parent = parentOf(scenarios[name]); parent !== undefined; parent = parentOf(scenarios[parent])) {
    if (!asMap(scenarios[parent]) || chain.includes(parent)) return [name];
    chain.push(parent);
  }
  return chain;
}

function parentOf(scenario: TextTree | undefined): string | undefined {
  const parent = asMap(scenario)?.extends;
  return typeof parent === 'string' ? parent : undefined;
}

/** Receives the place of a null that removes nothing, from the scenario, and the keys that there are. */
type OnMissing = (path: readonly string[], known: readonly string[]) => void;

/** `onMissing`: for removals by the scenario itself; those of its ancestors are theirs. */
function termsOf(
  chain: readonly string[],
  scenarios: TextMap,
  tierFiles: ReadonlyMap<string, YamlFile>,
  onMissing: OnMissing,
) {
  const [own, ...ancestors] = chain.map((link) => asMap(scenarios[link])!) as [TextMap, ...TextMap[]];
  let terms: TextMap = {};
  let base: string | undefined;
  let ladder: readonly string[] = [];
  for (const link of [...ancestors.reverse(), own]) {
    ({ terms, base } = extended(terms, base, link, tierFiles, link === own ? onMissing : () => {}));
    // The tiers of the first scenario with terms, or of a tier file, are in the order of upgrades.
    if (ladder.length === 0 || link.tiers !== undefined) ladder = Object.keys(asMap(terms.pricing_tiers) ?? {});
  }
  // A tier file of its own is read as one; nothing of it has to be written out.
  if (own.tiers !== undefined && own.pricing_tiers === undefined) {
    delete terms.pricing_tiers;
    return { terms, base: undefined, added: [] };
  }
  const added = Object.keys(asMap(terms.pricing_tiers) ?? {}).filter((tier) => !ladder.includes(tier));
  return { terms, base, added };
}

/** `base`: the tier file that the terms so far stand on. A link with a tier file of its own begins anew. */
function extended(
  inherited: TextMap,
  base: string | undefined,
  link: TextMap,
  tierFiles: ReadonlyMap<string, YamlFile>,
  onMissing: OnMissing,
): { terms: TextMap; base: string | undefined } {
  const terms: TextMap = { ...inherited };
  if (typeof link.tiers === 'string') {
    const tiers = asMap(asMap(tierFiles.get(link.tiers)?.tree)?.pricing_tiers);
    delete terms.pricing_tiers;
    if (tiers) terms.pricing_tiers = tiers;
    base = link.tiers;
  }
  for (const key of INHERITED) {
    const own = link[key];
    // A list, which no such key may be, is left to the reader.
    if (own === undefined || Array.isArray(own)) continue;
    if (own === null) delete terms[key];
    else terms[key] = key in terms ? merged(terms[key]!, own, [key], onMissing) : own;
  }
  return { terms, base };
}

/** Levels of maps that are merged: tiers, keys of a tier, meters. */
const MERGED_LEVELS = 3;

function merged(before: TextTree, own: TextTree, path: readonly string[], onMissing: OnMissing): TextTree {
  const [from, to] = [asMap(before), asMap(own)];
  if (!from || !to || path.length > MERGED_LEVELS) return own;
  const result: TextMap = { ...from };
  for (const [key, value] of Object.entries(to)) {
    const at = [...path, key];
    if (isRemoval(value, key, path)) {
      if (!(key in from)) onMissing(at, Object.keys(from));
      delete result[key];
    } else result[key] = key in from ? merged(from[key]!, value, at, onMissing) : value;
  }
  return result;
}

/** `path`: of the map that has `key`, from the scenario. */
function isRemoval(value: TextTree, key: string, path: readonly string[]): boolean {
  return value === null && (path.length < 2 || (path[2] ?? key) !== 'overage');
}

function nothingToRemove(file: YamlFile, path: readonly string[], known: readonly string[]): Problem {
  const name = path.at(-1)!;
  const meant = didYouMean(name, known);
  return {
    severity: 'error',
    code: 'scenarios/nothing-to-remove',
    source: file.locate(path, 'key'),
    message: `${name}: null removes what this scenario extends, which has no ${name}`,
    hint: meant ? `did you mean ${meant}?` : `it has ${known.join(', ') || 'nothing here'}`,
  };
}

/** Number of a path's steps that a tree has. */
function depthOf(tree: TextTree | undefined, path: Path): number {
  let node = tree;
  for (const [depth, step] of path.entries()) {
    const map = asMap(node);
    const next = map ? map[String(step)] : Array.isArray(node) ? node[Number(step)] : undefined;
    if (next === undefined) return depth;
    node = next;
  }
  return path.length;
}
