import { describe, expect, test } from 'vitest';
import { loadRateCard } from '../../src/config/loadRateCard.ts';
import { loadScenarios } from '../../src/config/loadScenarios.ts';
import { showScenarios } from '../../src/config/showScenarios.ts';
import type { ListedTier } from '../../src/core/catalog/tier.ts';

const TODAY = `
  today:
    pricing_tiers:
      sandbox: { cost: 0, limits: { requests: 50k/mo, egress: 10GB }, overage: null, rate_limit: 50/s }
      production: { cost: 19 + usage, limits: { requests: 200k/mo, egress: 50GB }, overage: { requests: 0.40/10k, egress: 0.05/GB } }
      scale: { cost: 79 flat, limits: { requests: 2M/mo }, overage: { requests: 0.25/10k } }
    free_tier: { requests: 40k, rate_limit: 20/s }`;
const TIER_FILE = `
currency: EUR
pricing_tiers:
  production: { cost: 19 + usage, limits: { requests: 200k/mo }, overage: { requests: 0.40/10k } }
  scale: { cost: 79 flat, limits: { requests: 2M/mo }, overage: null }
`;
const tierFiles = new Map([['tiers.yaml', loadRateCard(TIER_FILE, 'tiers.yaml')]]);

function load(scenarios: string) {
  const text = `scenarios:${scenarios}\n`;
  const { loaded, problems } = loadScenarios(text, 'scenarios.yaml', tierFiles);
  const [last] = loaded?.scenarios.slice(-1) ?? [];
  return { text, loaded, problems, plans: last?.plans.map(plan) ?? [], scenario: last };
}

/** `name fee | limits | meters with a price`. */
function plan({ name, fee, limits, charges }: ListedTier): string {
  const amount = fee.kind === 'fixed' ? fee.amount.toFixed() : '0';
  const included = [...limits].map(([meter, { text }]) => `${meter} ${text}`).join(', ');
  return `${name} ${amount} | ${included} | ${[...charges.keys()].join(', ')}`;
}

const PRODUCTION = 'production 19 | requests 200k, egress 50GB | requests, egress';
const SCALE = 'scale 79 | requests 2M | requests';

describe('a scenario keeps what it does not name of the one that it extends', () => {
  test.each([
    ['nothing named', '{ extends: today }', [PRODUCTION, SCALE]],
    [
      'a fee: limits and prices stay',
      '{ extends: today, pricing_tiers: { production: { cost: 25 + usage } } }',
      ['production 25 | requests 200k, egress 50GB | requests, egress', SCALE],
    ],
    [
      'one limit and one price',
      '{ extends: today, pricing_tiers: { production: { limits: { requests: 100k/mo }, overage: { requests: 0.5/10k } } } }',
      ['production 19 | requests 100k, egress 50GB | requests, egress', SCALE],
    ],
    [
      'a limit removed by null',
      '{ extends: today, pricing_tiers: { production: { limits: { egress: null } } } }',
      ['production 19 | requests 200k | requests, egress', SCALE],
    ],
    [
      'null under overage sells nothing beyond the limit, as it does in a tier file',
      '{ extends: today, pricing_tiers: { production: { overage: { egress: null } } } }',
      ['production 19 | requests 200k, egress 50GB | requests', SCALE],
    ],
    ['a tier removed by null', '{ extends: today, pricing_tiers: { scale: null } }', [PRODUCTION]],
    [
      'a tier added: before the first one with a higher fee',
      '{ extends: today, pricing_tiers: { team: { cost: 45 + usage, overage: { requests: 0.3/10k } } } }',
      [PRODUCTION, 'team 45 |  | requests', SCALE],
    ],
  ])('%s', (_, scenario, plans) => {
    const { problems, plans: found } = load(`${TODAY}\n  next: ${scenario}`);
    expect(problems).toEqual([]);
    expect(found).toEqual(plans);
  });

  test('over several links, added tiers keep their place', () => {
    const { plans } = load(`${TODAY}
  team: { extends: today, pricing_tiers: { team: { cost: 45 + usage, overage: { requests: 0.3/10k } } } }
  dearer: { extends: team, pricing_tiers: { production: { cost: 21 + usage } } }`);
    expect(plans.map((text) => text.split(' | ')[0])).toEqual(['production 21', 'team 45', 'scale 79']);
  });

  test('the free tier by key', () => {
    const { scenario } = load(`${TODAY}\n  next: { extends: today, free_tier: { requests: 20k } }`);
    expect(scenario?.freeTier).toEqual({ requests: 20_000, requestsPerSecond: 20 });
    const without = load(`${TODAY}\n  next: { extends: today, free_tier: { requests: null } }`);
    // The quota is then that of the tier without a fee: 50 000.
    expect(without.scenario?.freeTier).toEqual({ requests: 50_000, requestsPerSecond: 20 });
  });

  test('a tier file as if it were written out, in its currency', () => {
    const { plans, scenario, problems } = load(`
  today: { tiers: tiers.yaml }
  next: { extends: today, pricing_tiers: { production: { cost: 25 + usage } } }`);
    expect(problems).toEqual([]);
    expect(plans).toEqual(['production 25 | requests 200k | requests', 'scale 79 | requests 2M | ']);
    expect(scenario?.rateCard.currency.code).toBe('EUR');
  });

  test('a price is replaced as a whole', () => {
    const { scenario, problems } = load(`${TODAY}
  next: { extends: today, pricing_tiers: { production: { overage: { requests: { model: package, amount: 5, per: 100k } } } } }`);
    expect(problems).toEqual([]);
    expect(scenario?.plans[0]?.charges.get('requests')).toMatchObject({
      kind: 'single',
      price: { model: 'package' },
    });
  });
});

describe('what is wrong', () => {
  test('with an inherited value is said once, where it is written', () => {
    const { problems } = load(`
  today:
    pricing_tiers: { production: { cost: 19x, limits: { requests: 1 }, overage: { requests: 1 } } }
  next: { extends: today, pricing_tiers: { scale: { cost: 79y } } }
  after: { extends: next }`);
    expect(problems.map(({ source, code }) => [source?.line, source?.column, code])).toEqual([
      [3, 42, 'tiers/not-a-cost'],
      [4, 59, 'tiers/not-a-cost'],
    ]);
  });

  test('removing what is not there', () => {
    const { problems } = load(`${TODAY}\n  next: { extends: today, pricing_tiers: { sclae: null } }`);
    expect(problems).toMatchObject([
      { code: 'scenarios/nothing-to-remove', source: { line: 8 }, hint: 'did you mean scale?' },
    ]);
  });
});

test('removing what a tier file does not have is wrong, too', () => {
  const { problems } = load(`
  today: { tiers: tiers.yaml }
  next: { extends: today, pricing_tiers: { sclae: null } }`);
  expect(problems).toMatchObject([{ code: 'scenarios/nothing-to-remove', source: { line: 3, column: 44 } }]);
});

test('what is shown is the same scenarios without extends', () => {
  const { text, loaded } = load(
    `${TODAY}
    policies: [notify]
  next: { extends: today, pricing_tiers: { production: { cost: 25 + usage }, scale: null }, policies: { notify: false, grandfather: { months: 6, above: 12.5% } } }
  file: { tiers: tiers.yaml, policies: all }`.replace('  file: { tiers: tiers.yaml, policies: all }', ''),
  );
  const shown = showScenarios(text, 'scenarios.yaml', tierFiles, loaded!);
  expect(shown).not.toContain('extends');
  const again = loadScenarios(shown, 'shown.yaml', tierFiles);
  expect(again.problems).toEqual([]);
  const facts = (all: typeof loaded) =>
    all!.scenarios.map(({ name, plans, policies, freeTier }) => ({ name, plans: plans.map(plan), policies, freeTier }));
  expect(facts(again.loaded)).toEqual(facts(loaded));
});

test('annual plans are kept, changed key by key, removed by null and shown', () => {
  const { text, loaded, problems } = load(`${TODAY}
    annual: { share: 30%, discount: 20% }
  kept: { extends: today }
  cheaper: { extends: today, annual: { discount: 25% } }
  without: { extends: today, annual: null }`);
  expect(problems).toEqual([]);
  const terms = [
    { share: 0.3, discount: 0.2 },
    { share: 0.3, discount: 0.2 },
    { share: 0.3, discount: 0.25 },
    undefined,
  ];
  expect(loaded!.scenarios.map(({ annual }) => annual)).toEqual(terms);
  const shown = showScenarios(text, 'scenarios.yaml', tierFiles, loaded!);
  expect(loadScenarios(shown, 'shown.yaml', tierFiles).loaded!.scenarios.map(({ annual }) => annual)).toEqual(terms);
});
