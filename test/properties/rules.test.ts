/** Rules about made-up results: the product and an evaluator written from docs/rules.md say the same. */
import { expect, test } from 'vitest';
import { isCheck, readCheck, runChecks } from '../../src/core/checks/check.ts';
import { byMeter, fields, type Names } from '../../src/core/checks/names.ts';
import { check, fc } from '../support/properties.ts';
import { type Rule, type Shape, type Step, verdict, written } from '../support/ruleOracle.ts';

const METERS = ['requests', 'egress'];
const AMOUNTS = ['0', '1', '-1', '2.50', '2.5', '10', '0123', '123', '-0.1'];
const TEXTS = ['growth', 'a', 'total', '123', '0123', '2.5', 'requests'];

/** All that a result may have. */
const PART: Shape = { fields: { key: 'leaf', cost: 'leaf' } };
const THING: Shape = {
  fields: {
    name: 'leaf',
    total: 'leaf',
    used: 'leaf',
    open: 'leaf',
    parts: { list: PART },
    blocked: { meters: METERS },
  },
};
const SHAPE: Shape = {
  fields: {
    total: 'leaf',
    count: 'leaf',
    tier: 'leaf',
    flag: 'leaf',
    note: 'leaf',
    ids: { list: 'leaf' },
    things: { list: THING },
    late: { list: THING },
    blocked: { meters: METERS },
    groups: { map: { fields: { total: 'leaf', blocked: { meters: METERS } } } },
    period: { fields: { days: 'leaf' } },
  },
};

/** What of it a result may lack, as a command declares it. */
const thing: Names = {
  fields: {
    ...fields('name', 'total', 'used', 'open'),
    parts: { entry: { fields: fields('key', 'cost') } },
    blocked: byMeter(METERS),
  },
};
const NAMES: Names = {
  fields: {
    note: {},
    things: { entry: thing },
    late: { entry: thing },
    blocked: byMeter(METERS),
    groups: { values: { fields: { blocked: byMeter(METERS) } } },
  },
};

const amount = fc.constantFrom(...AMOUNTS);
const text = fc.constantFrom(...TEXTS);
const amountOrNull = fc.option(amount, { nil: null, freq: 4 });
const quantities = fc.dictionary(fc.constantFrom(...METERS), amount, { maxKeys: 2, noNullPrototype: true });
const things = fc.array(
  fc.record(
    {
      name: text,
      total: amount,
      used: amountOrNull,
      open: fc.constantFrom(true, false, null),
      parts: fc.array(fc.record({ key: text, cost: amount }), { maxLength: 2 }),
      blocked: quantities,
    },
    { requiredKeys: ['name', 'total', 'blocked'], noNullPrototype: true },
  ),
  { maxLength: 3 },
);
const result = fc.record(
  {
    total: amount,
    count: fc.constantFrom(0, 1, 2.5),
    tier: text,
    flag: fc.constantFrom(true, false, null),
    note: amountOrNull,
    ids: fc.array(fc.oneof(amountOrNull, text), { maxLength: 3 }),
    things,
    late: things,
    blocked: quantities,
    groups: fc.dictionary(fc.constantFrom('a', 'total'), fc.record({ total: amountOrNull, blocked: quantities }), {
      noNullPrototype: true,
    }),
    period: fc.record({ days: fc.constant(30) }),
  },
  {
    requiredKeys: ['total', 'count', 'tier', 'flag', 'ids', 'things', 'blocked', 'groups', 'period'],
    noNullPrototype: true,
  },
);

/** A way through the shape, which now and then goes astray. */
function stepsThrough(shape: Shape, depth: number): fc.Arbitrary<readonly Step[]> {
  if (shape === 'leaf') return fc.constant([]);
  const next = (step: fc.Arbitrary<Step>, below: Shape) =>
    fc.tuple(step, stepsThrough(below, depth + 1)).map(([first, rest]) => [first, ...rest]);
  const astray = fc.constantFrom<Step>('totl', 'constructor', 'toString').map((step) => [step]);
  const quoted = (of: fc.Arbitrary<string>) => of.map((name): Step => ({ quoted: name }));
  if ('meters' in shape) {
    const known = fc.constantFrom(...shape.meters).map((step): readonly Step[] => [step]);
    return fc.oneof(
      { weight: 8, arbitrary: known },
      { weight: 1, arbitrary: astray },
      { weight: 3, arbitrary: fc.constant([]) },
    );
  }
  if ('map' in shape) {
    const key = fc.constantFrom<Step>('a', 'total', { quoted: 'a' });
    return fc.oneof({ weight: 6, arbitrary: next(key, shape.map) }, { weight: 1, arbitrary: fc.constant([]) });
  }
  if ('list' in shape) {
    const inside =
      shape.list === 'leaf' ? [] : Object.entries((shape.list as { fields: Record<string, Shape> }).fields);
    return fc.oneof(
      ...inside.map(([name, below]) => ({ weight: 3, arbitrary: next(fc.constant(name), below) })),
      { weight: 2, arbitrary: next(fc.constantFrom(0, 1), shape.list) },
      { weight: 3, arbitrary: next(fc.oneof(quoted(text), fc.constantFrom<Step>('growth', 'a')), shape.list) },
      { weight: 1, arbitrary: astray },
      { weight: 2, arbitrary: fc.constant([]) },
    );
  }
  return fc.oneof(
    ...Object.entries(shape.fields).map(([name, below]) => ({ weight: 4, arbitrary: next(fc.constant(name), below) })),
    { weight: 1, arbitrary: astray },
    { weight: depth === 0 ? 0 : 1, arbitrary: fc.constant([]) },
  );
}

const name = stepsThrough(SHAPE, 0).map((steps): Rule => ({ op: 'name', steps }));
const numberLiteral = fc.constantFrom('0', '1', '2.5', '123', '10%').map((of): Rule => ({ op: 'number', text: of }));
const textLiteral = text.map((of): Rule => ({ op: 'text', text: of }));
const constant = fc.constantFrom(true, false, null).map((of): Rule => ({ op: 'constant', value: of }));
const { value } = fc.letrec<{ value: Rule; truth: Rule }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 6, arbitrary: name },
    { weight: 3, arbitrary: numberLiteral },
    { weight: 1, arbitrary: textLiteral },
    { weight: 1, arbitrary: constant },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('count', 'sum', 'max', 'min', 'abs', '-1'), tie('value'))
        .map(([op, of]) => ({ op, of }) as Rule),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('+', '-', '*', '/'), tie('value'), tie('value'))
        .map(([op, a, b]) => ({ op, sides: [a, b] }) as Rule),
    },
  ),
  truth: tie('value'),
}));
const comparison = fc
  .tuple(fc.constantFrom('<=', '>=', '==', '!=', '<', '>'), value, value)
  .map(([op, a, b]) => ({ op, sides: [a, b] }) as Rule);
const { truth } = fc.letrec<{ truth: Rule }>((tie) => ({
  truth: fc.oneof(
    { maxDepth: 3 },
    { weight: 6, arbitrary: comparison },
    { weight: 2, arbitrary: name },
    { weight: 2, arbitrary: tie('truth').map((of): Rule => ({ op: 'not', of })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('and', 'or'), tie('truth'), tie('truth'))
        .map(([op, a, b]) => ({ op, sides: [a, b] }) as Rule),
    },
  ),
}));

function judged(rule: string, json: unknown): 'holds' | 'fails' | 'wrong' {
  const read = readCheck(rule, { file: 'rule' });
  if (!isCheck(read)) return 'wrong';
  const [outcome] = runChecks([read], { json, names: NAMES }).outcomes;
  if (!outcome) return 'wrong';
  return outcome.passed ? 'holds' : 'fails';
}

test('a rule holds, fails or cannot be answered as docs/rules.md has it', () => {
  check(
    fc.property(truth, result, (rule, json) => {
      const shown = written(rule);
      expect(`${shown}: ${judged(shown, json)}`).toBe(`${shown}: ${verdict(rule, json, SHAPE)}`);
    }),
    { runs: 5000 },
  );
});

test('of made-up rules each outcome is common enough to be compared', () => {
  const seen = fc
    .sample(fc.tuple(truth, result), { numRuns: 2000, seed: 1 })
    .map(([rule, json]) => verdict(rule, json, SHAPE));
  for (const outcome of ['holds', 'fails', 'wrong']) {
    expect(seen.filter((one) => one === outcome).length).toBeGreaterThan(200);
  }
});
