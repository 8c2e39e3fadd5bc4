import { expect, test } from 'vitest';
import { readYaml } from '../../src/config/yamlFile.ts';

test('an alias stands for the last anchor of its name before it', () => {
  const file = readYaml('a: &x { n: 1 }\nb: *x\nc: &x { n: 2 }\nd: *x\n', 'f.yaml');
  expect(JSON.stringify(file.tree)).toBe('{"a":{"n":"1"},"b":{"n":"1"},"c":{"n":"2"},"d":{"n":"2"}}');
  expect(file.locate(['d', 'n'])).toMatchObject({ line: 3, column: 12, excerpt: 'c: &x { n: 2 }' });
});

test('a key that appears twice is found in maps of either style, and the places are in the order of the text', () => {
  const file = readYaml('a: { k: 1, j: 2, k: 3 }\nb: 1\n"b": 2\n', 'f.yaml');
  expect(file.problems.map(({ code, source }) => [code, source?.line, source?.column])).toEqual([
    ['yaml/duplicate-key', 1, 18],
    ['yaml/duplicate-key', 3, 1],
  ]);
});

/** 199 199 values and `more`: the outer list, one of 999 texts, and 198 aliases of it, each an own value with those behind it. */
function aliased(more: string): string {
  return `[&x [${'a,'.repeat(999)}],${'*x,'.repeat(198)}${more}]`;
}

test.each`
  size                             | text                             | message
  ${'4 000 000 characters'}        | ${`a: ${'b'.repeat(3_999_997)}`} | ${undefined}
  ${'4 000 001 characters'}        | ${`a: ${'b'.repeat(3_999_998)}`} | ${'this file has 4 000 001 characters, more than the 4 000 000 that are read'}
  ${'more than 400 000 texts'}     | ${`[${'a,'.repeat(400_001)}]`}   | ${'this file has more than 200 000 values'}
  ${'200 000 values with aliases'} | ${aliased('b,'.repeat(801))}     | ${undefined}
  ${'200 001 values with aliases'} | ${aliased('b,'.repeat(802))}     | ${'with what its aliases stand for, this file has more than 200 000 values'}
`('a file of $size', ({ text, message }) => {
  const [problem] = readYaml(text, 'f.yaml').problems;
  expect(problem?.message).toBe(message);
});
