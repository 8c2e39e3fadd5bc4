/** From the text of a scenarios file to scenarios and parameters, or to everything that is wrong with it. */
import type { Meter } from '../core/catalog/meter.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { ContractTier } from '../core/catalog/tier.ts';
import { byPlace, isError, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { DEFAULT_PARAMETERS, type Parameters } from '../core/simulation/parameters.ts';
import { isFree, type Scenario } from '../core/simulation/scenario.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { type ExtendedFile, extendScenarios } from './extendScenarios.ts';
import { byFee } from './ladder.ts';
import { type LoadedRateCard, readRateCard } from './loadRateCard.ts';
import { readAnnual } from './readAnnual.ts';
import { readParameters } from './readParameters.ts';
import { readPolicies } from './readPolicies.ts';
import { type ScenarioFile, scenarioFileSchema } from './scenarioSchema.ts';
import { PRICE_MODEL_NAMES, type TierFile } from './tierSchema.ts';
import { asMap, type Path, readYaml, type YamlFile } from './yamlFile.ts';

type ScenariosReader = ConfigReader<CodeOf<'scenarios'>>;

export type Scenarios = {
  /** In the order of the file. */
  readonly scenarios: readonly Scenario[];
  readonly baseline: string;
  readonly parameters: Parameters;
  /** Meters of all scenarios together. */
  readonly meters: readonly Meter[];
  readonly enterpriseRequests: number;
};

export type LoadedScenarios = {
  /** Absent if any problem is an error. */
  readonly loaded?: Scenarios;
  readonly problems: readonly Problem[];
};

const DEFAULT_ENTERPRISE_REQUESTS = 20_000_000;
const DEFAULT_FREE_RATE = 10;

/** Names of the tier files that a scenarios file refers to, as they are written in it. */
export function tierFilesOf(text: string): string[] {
  const scenarios = asMap(asMap(readYaml(text, '').tree)?.scenarios) ?? {};
  const names = Object.values(scenarios).map((one) => asMap(one)?.tiers);
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

/**
 * Reads a scenarios file (YAML or JSON). `tierFiles` holds each tier file it refers to, loaded. Everything wrong is
 * reported at once.
 */
export function loadScenarios(
  text: string,
  name: string,
  tierFiles: ReadonlyMap<string, LoadedRateCard>,
): LoadedScenarios {
  const read = readYaml(text, name);
  if (read.tree === undefined) return { problems: read.problems };
  const extended = extendScenarios(read, new Map([...tierFiles].map(([key, { file }]) => [key, file])));
  const { file } = extended;
  const checked = checkSchema(file, scenarioFileSchema, {
    codeOf: codesOf('scenarios'),
    models: PRICE_MODEL_NAMES,
    whereMissing: { cost: '0' },
  });
  const reader = new ConfigReader<CodeOf<'scenarios'>>(file, codesOf('scenarios'));
  const loaded = checked.tree && new ScenarioReader(checked.tree, extended, reader, tierFiles).read();
  const problems = onceEach([...extended.problems, ...checked.problems, ...reader.problems].sort(byPlace));
  return loaded && !problems.some(isError) ? { loaded, problems } : { problems };
}

/** Keeps one of equal problems: a wrong value is reported by each scenario that inherits it. */
function onceEach(problems: readonly Problem[]): Problem[] {
  const keyOf = ({ code, source, message }: Problem) => JSON.stringify([code, source, message]);
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()];
}

type ScenarioText = ScenarioFile['scenarios'][string];

class ScenarioReader {
  private readonly tree: ScenarioFile;
  private readonly extended: ExtendedFile;
  private readonly reader: ScenariosReader;
  private readonly tierFiles: ReadonlyMap<string, LoadedRateCard>;
  private readonly rateCards = new Map<string, RateCard>();

  constructor(
    tree: ScenarioFile,
    extended: ExtendedFile,
    reader: ScenariosReader,
    tierFiles: ReadonlyMap<string, LoadedRateCard>,
  ) {
    this.tree = tree;
    this.extended = extended;
    this.reader = reader;
    this.tierFiles = tierFiles;
  }

  read(): Scenarios | undefined {
    const { tree, reader } = this;
    if (tree.version !== undefined && tree.version !== '1') {
      reader.error('unknown-version', ['version'], `version ${tree.version} is not known`, 'write version: 1');
    }
    const names = Object.keys(tree.scenarios);
    if (names.length === 0)
      reader.error('empty', ['scenarios'], 'scenarios is empty', 'write at least one scenario', 'key');
    const parameters = readParameters(tree, reader, DEFAULT_PARAMETERS);
    const scenarios = names.flatMap((name) => this.readScenario(name) ?? []);
    const first = scenarios[0];
    if (!first) return undefined;
    for (const { name, rateCard } of scenarios) {
      if (rateCard.currency.code === first.rateCard.currency.code && rateCard.timezone === first.rateCard.timezone)
        continue;
      const message = `${name} is in ${rateCard.currency.code} and ${rateCard.timezone}, ${first.name} in ${first.rateCard.currency.code} and ${first.rateCard.timezone}`;
      reader.error(
        'not-comparable',
        ['scenarios', name],
        message,
        'give all scenarios one currency and timezone',
        'key',
      );
    }
    const baseline = tree.baseline ?? names[0]!;
    if (tree.baseline !== undefined)
      reader.named(new Map(names.map((name) => [name, true])), tree.baseline, 'scenario', ['baseline']);
    const requests =
      tree.enterprise_requests === undefined
        ? undefined
        : reader.quantity(tree.enterprise_requests, 'request', ['enterprise_requests']);
    return {
      scenarios,
      baseline,
      parameters,
      meters: [...new Map([...this.rateCards.values()].flatMap((card) => [...card.meters])).values()],
      enterpriseRequests: requests?.toNumber() ?? DEFAULT_ENTERPRISE_REQUESTS,
    };
  }

  private readScenario(name: string): Scenario | undefined {
    const path: Path = ['scenarios', name];
    const chain = this.chainOf(name);
    if (!chain) return undefined;
    const pick = <Key extends keyof ScenarioText>(key: Key) => {
      const owner = chain.find((link) => this.tree.scenarios[link]![key] !== undefined);
      return owner === undefined ? undefined : { owner, value: this.tree.scenarios[owner]![key]! };
    };
    // Of `tiers` and `pricing_tiers` the nearer one counts: a variant may replace a file by terms of its own.
    const owner = chain.find((link) => this.tree.scenarios[link]!.tiers ?? this.tree.scenarios[link]!.pricing_tiers);
    if (owner === undefined) {
      this.reader.error('no-tiers', path, `${name} has no price terms`, 'add tiers: FILE, or pricing_tiers', 'key');
      return undefined;
    }
    const rateCard = this.rateCardOf(owner);
    if (!rateCard) return undefined;
    const tiers = [...rateCard.tiers.values()];
    const leftOut = tiers.flatMap((tier) =>
      tier.kind === 'contract' ? [{ tier: tier.name, why: whyNotBillable(tier) }] : [],
    );
    const listed = tiers.flatMap((tier) => (tier.kind === 'listed' && !isFree(tier) ? [tier] : []));
    const plans = byFee(listed, this.extended.addedTiers.get(name) ?? []);
    if (plans.length === 0) {
      const why = leftOut.map(({ tier, why }) => `${tier}: ${why}`).join('; ');
      const message = `${name} has no tier that a customer can be billed on${why === '' ? '' : ` (${why})`}`;
      this.reader.error('nothing-to-bill', path, message, 'give a tier a fee or overage prices', 'key');
      return undefined;
    }
    for (const tier of plans) this.checkDimensions(tier, path);
    const description = pick('description')?.value;
    // What a scenario inherits of these terms is written out in it, and null has removed what it does not want.
    const annualText = this.tree.scenarios[name]!.annual;
    const annual = annualText && readAnnual(annualText, this.reader, [...path, 'annual']);
    const policies = readPolicies(chain, this.tree.scenarios, this.reader);
    if (policies.oneClick && !policies.notify) {
      const message = 'oneClick without notify has no effect: the upgrade is offered in the alert';
      this.reader.warn('no-effect', [...path, 'policies'], message, 'switch notify on, too');
    }
    return {
      name,
      ...(description !== undefined && { description }),
      rateCard,
      plans,
      freeTier: this.readFreeTier(pick('free_tier'), rateCard),
      policies,
      ...(annual && { annual }),
      leftOut,
    };
  }

  private checkDimensions(tier: Scenario['plans'][number], path: Path): void {
    for (const [meter, charge] of tier.charges) {
      if (charge.kind !== 'byDimension' || charge.otherwise) continue;
      const message = `${meter} of ${tier.name} has a price for each ${charge.dimensions.join(' and ')}, which account-months do not tell apart`;
      this.reader.error('unpriced-value', path, message, 'add a default price', 'key');
    }
  }

  /** A scenario and those it extends, nearest first; undefined if that leads nowhere or in a circle. */
  private chainOf(name: string): string[] | undefined {
    const chain = [name];
    for (let parent = this.tree.scenarios[name]!.extends; parent !== undefined; ) {
      const path = ['scenarios', chain.at(-1)!, 'extends'];
      const known = new Map(Object.entries(this.tree.scenarios));
      if (!this.reader.named(known, parent, 'scenario', path)) return undefined;
      if (chain.includes(parent)) {
        this.reader.error('circle', path, `${[...chain, parent].join(' extends ')}`, 'let one of them stand alone');
        return undefined;
      }
      chain.push(parent);
      parent = this.tree.scenarios[parent]!.extends;
    }
    return chain;
  }

  private rateCardOf(owner: string): RateCard | undefined {
    const known = this.rateCards.get(owner);
    if (known) return known;
    const { tiers, pricing_tiers } = this.tree.scenarios[owner]!;
    const path: Path = ['scenarios', owner];
    let card: RateCard | undefined;
    if (tiers !== undefined && pricing_tiers !== undefined)
      this.reader.error('terms-twice', [...path, 'tiers'], 'both tiers and pricing_tiers are given', 'keep one', 'key');
    else if (tiers !== undefined) {
      const loaded = this.tierFiles.get(tiers);
      card = loaded?.rateCard;
      for (const problem of loaded?.problems ?? []) if (isError(problem)) this.reader.problems.push(problem);
    } else {
      const { file, tierFileOf } = this.extended;
      const base = this.tierFiles.get(tierFileOf.get(owner) ?? '')?.file;
      const { currency, timezone, meters } = this.tree;
      const rest = base ? (base.tree as TierFile) : { currency, timezone, meters };
      const tree: TierFile = { ...rest, pricing_tiers: pricing_tiers! };
      // The terms stand deeper in this file than in a tier file; problems point to where they stand.
      const inFile: YamlFile = {
        ...file,
        locate: (at, part) =>
          at[0] === 'pricing_tiers' ? file.locate([...path, ...at], part) : (base ?? file).locate(at, part),
      };
      const reader = new ConfigReader<CodeOf<'tiers'>>(inFile, codesOf('tiers'));
      const read = readRateCard(tree, reader);
      // What concerns the whole file is said once, with its first scenario.
      const isFirst = this.rateCards.size === 0;
      this.reader.problems.push(
        ...reader.problems.filter(
          (problem) => isError(problem) && (isFirst || problem.source?.line !== file.locate(['currency']).line),
        ),
      );
      if (!reader.problems.some(isError)) card = read;
    }
    if (card) this.rateCards.set(owner, card);
    return card;
  }

  private readFreeTier(
    given: { owner: string; value: NonNullable<ScenarioText['free_tier']> } | undefined,
    rateCard: RateCard,
  ): Scenario['freeTier'] {
    const tier = [...rateCard.tiers.values()].find(isFree);
    const path = given && ['scenarios', given.owner, 'free_tier'];
    const { requests, rate_limit } = given?.value ?? {};
    const quota =
      requests === undefined ? undefined : this.reader.quantity(requests, 'request', [...path!, 'requests']);
    const rate = rate_limit === undefined ? undefined : this.readRate(rate_limit, [...path!, 'rate_limit']);
    const limit = tier?.limits.get('requests')?.quantity;
    return {
      requests: (quota ?? limit)?.toNumber() ?? 0,
      requestsPerSecond: rate ?? tier?.rateLimit?.perSecond.toNumber() ?? DEFAULT_FREE_RATE,
    };
  }

  private readRate(text: string, path: Path): number | undefined {
    const match = /^(.*?)\s*\/\s*s$/.exec(text.trim());
    if (!match) this.reader.error('not-a-rate', path, `"${text}" is not a rate`, 'write requests per second: 50/s');
    const rate = match ? this.reader.quantity(match[1]!, 'request', path) : undefined;
    if (rate?.isZero()) this.reader.error('not-a-rate', path, 'nothing is admitted', 'write a rate above 0');
    return rate?.toNumber();
  }
}

/** The reason that a customer needs a contract to be billed on the tier. */
function whyNotBillable({ fee }: ContractTier): string {
  return fee ? 'its overage is negotiated' : 'it has no list price (cost: custom)';
}
