/** Mappings and exports put together at random: whatever they are, a run ends with a result or with the user's mistake. */
import { expect, test } from 'vitest';
import { usageOf } from '../../support/mapped.ts';
import { checkAsync, fc } from '../../support/properties.ts';

const texts = fc
  .oneof(fc.constantFrom('?', '0', '1', '-1', '2xx', '(x)', '99', '/'), fc.string({ maxLength: 5 }))
  .map((one) => JSON.stringify(one));
const step = fc.oneof(
  fc.constantFrom('url: host', 'url: path', 'url: query', 'decode: percent', 'label: 1', "pattern: '[a-z]+'"),
  fc
    .tuple(fc.constantFrom('query', 'before', 'after', 'label', 'pattern', 'nothing'), texts)
    .map(([key, value]) => `${key}: ${value}`),
);
const steps = fc.uniqueArray(step, { maxLength: 2, selector: (one) => one.split(':')[0] });

/** Instants most of the time; never nothing at all, so that some rows get to the end. */
const instants = fc.constantFrom(
  '2026-10-02T08:00:00Z',
  '1790928000',
  '2026-10-03T08:00:00.5+02:00',
  '2026-02-30T00:00:00Z',
);
const cells = fc.constantFrom(
  ...[
    'acme',
    'acme',
    '1',
    '2.5',
    '-1',
    '200',
    '-',
    '',
    '"',
    '%41%ff',
    'https://x.y:1/z?a=%',
    '/p?q=1',
    'ä',
    '\0',
    '\\',
  ],
);
const pairs = fc.array(fc.tuple(instants, cells, cells), { minLength: 1, maxLength: 6 });

/** An export with fields for an instant and two others, and what a mapping says of its lines. */
type Shape = { readonly names: readonly [string, string, string]; readonly lines: string; readonly rows: string };

const delimited: fc.Arbitrary<Shape> = fc
  .tuple(fc.constantFrom(',', '\t'), fc.constantFrom('', 'header: [a, b, c]\n', "header: '#F'\ncomments: '#'\n"), pairs)
  .map(([delimiter, lines, rows]) => {
    const header = lines === '' ? `${['a', 'b', 'c'].join(delimiter)}\n` : '';
    const first = lines.includes('#') ? '# x\n#F a b c\n' : header;
    const format = delimiter === '\t' ? 'input_format: tsv\n' : '';
    return {
      names: ['a', 'b', 'c'],
      lines: lines + format,
      rows: first + rows.map((row) => `${row.join(delimiter)}\n`).join(''),
    };
  });
const json: fc.Arbitrary<Shape> = fc.tuple(pairs, fc.boolean(), fc.boolean()).map(([rows, isNested, isPretty]) => {
  const records = rows.map(([at, one, other]) => ({ at, o: { b: one }, l: [{ k: 'v', w: other }] }));
  const all = isNested ? [{ e: records.slice(0, 2) }, { e: records.slice(2) }, { e: 1 }] : records;
  const text = isPretty ? JSON.stringify(all, null, 1) : all.map((one) => `${JSON.stringify(one)}\n`).join('');
  return { names: ['at', 'o.b', 'l[k=v].w'], lines: isNested ? 'each: ["e[]", "l[].k"]\n' : '', rows: text };
});
const log: fc.Arbitrary<Shape> = fc.tuple(pairs, fc.boolean()).map(([rows, isSplit]) => ({
  names: isSplit ? ['a', 'b', 'c'] : ['%t', '%e', '%r'],
  lines: isSplit ? 'split: space-quoted\nheader: [a, b, c]\n' : `format: '%e [%t] "%r"'\n`,
  rows: rows
    .map(([at, one, other]) => (isSplit ? `${at} ${one} "${other}"\n` : `${one} [${at}] "${other}"\n`))
    .join(''),
}));

function mappingOf({ names: [at, one, other], lines }: Shape): fc.Arbitrary<string> {
  const name = fc.constantFrom(one, other, one, other, at);
  const quoted = name.map((text) => JSON.stringify(text));
  const oneField = fc.tuple(quoted, steps).map(([field, own]) => `{ ${[`field: ${field}`, ...own].join(', ')} }`);
  const value = fc.oneof(
    ...[quoted, quoted, oneField],
    fc.tuple(quoted, quoted).map((both) => `[${both}]`),
    fc.tuple(quoted, oneField).map((both) => `{ first_of: [${both}] }`),
  );
  const condition = fc.oneof(
    texts,
    fc.tuple(texts, texts).map((both) => `[${both}]`),
    ...[texts, fc.constant('acme')].map((list) => list.map((text) => `{ not: ${text} }`)),
    fc.constantFrom('{ from: 1 }', '{ to: 2 }', '{ present: true }', '{ present: false }'),
  );
  const conditions = fc.tuple(quoted, condition).map(([field, is]) => `{ ${field}: ${is} }`);
  const quantity = fc.oneof(
    ...[fc.constant('1'), fc.constant('1'), quoted, oneField],
    fc.tuple(quoted, oneField).map((both) => `{ product: [${both}, 2] }`),
    fc.tuple(quoted, conditions).map(([field, own]) => `{ field: ${field}, where: ${own} }`),
  );
  const where = fc.option(
    conditions.map((all) => `where: ${all}\n`),
    { nil: '' },
  );
  const temporality = fc.oneof(
    fc.constant('cumulative'),
    fc.tuple(quoted, texts).map(([field, text]) => `{ field: ${field}, cumulative: [${text}, acme] }`),
  );
  const counters = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc.tuple(temporality, value).map(([kind, series]) => `temporality: ${kind}\nseries: [${series}]\n`),
    },
  );
  const moment = fc.constantFrom(JSON.stringify(at), `{ first_of: [${JSON.stringify(at)}, ${JSON.stringify(one)}] }`);
  return fc.tuple(moment, value, fc.option(value), value, quantity, where, counters).map(
    ([instant, customer, id, route, requests, filter, terms]) => `${lines}timestamp: ${instant}
customer_id: ${customer}
${id === null ? '' : `event_id: ${id}\n`}route: ${route}
timezone: UTC
meters: { requests: ${requests} }
${filter}${requests === '1' ? '' : terms}`,
  );
}

test('property: no mapping and no export is our fault, and every row is counted once', async () => {
  const shapes = fc.oneof(delimited, json, log);
  const runs = shapes.chain((shape) => fc.tuple(mappingOf(shape), fc.constant(shape.rows)));
  let rated = 0;
  await checkAsync(
    fc.asyncProperty(runs, async ([map, rows]) => {
      const { exitCode, counts, stderr } = await usageOf({ map, rows });
      expect([0, 2, 3], stderr).toContain(exitCode);
      if (exitCode === 2) expect(stderr).toMatch(/\[(mapping|yaml)\//);
      if (counts === undefined) return;
      const found =
        /(\d+) rows? read = (\d+) rated \+ (\d+) duplicate \+ 0 out of period (?:\+ (\d+) filtered )?\+ (\d+) rejected/.exec(
          counts,
        )!;
      const [read, ...parts] = found.slice(1).map((count) => Number(count ?? 0));
      expect(
        parts.reduce((sum, part) => sum + part, 0),
        counts,
      ).toBe(read);
      rated += parts[0]! > 0 ? 1 : 0;
    }),
    { runs: 60 },
  );
  // Otherwise the runs would be about mistakes alone.
  expect(rated).toBeGreaterThan(15);
});
