import { expect, test } from 'vitest';
import { lookAlikesAmong } from '../../../src/core/usage/lookAlikes.ts';

const composed = 'Caf\u00e9';
const decomposed = 'Cafe\u0301';

test.each([
  ['blanks at the ends', ['acme', ' acme\t', 'acme\u00a0'], ['blanks']],
  ['letter case', ['acme', 'ACME', 'Acme'], ['case']],
  ['letter case beyond ASCII', ['STRASSE', 'stra\u00dfe'], ['case']],
  ['normal forms', [composed, decomposed], ['normalisation']],
  ['all of it', [composed, decomposed, 'CAF\u00c9 '], ['blanks', 'normalisation', 'case']],
])('ids that differ only by %s look alike', (_, ids, differences) => {
  expect(lookAlikesAmong(['other', ...ids])).toEqual([{ ids: [...ids].sort(), differences }]);
});

test('blanks inside, other letters and accents are differences that are meant', () => {
  expect(lookAlikesAmong(['a b', 'ab', 'Cafe', composed, 'a-b', 'a_b', 'acme1', 'acme'])).toEqual([]);
});

test('groups come in order of their first id, whatever the order of the ids', () => {
  const found = lookAlikesAmong(['b', 'a ', 'B', 'c', 'a']);
  expect(found.map(({ ids }) => ids)).toEqual([
    ['B', 'b'],
    ['a', 'a '],
  ]);
});

test('whatever characters they are made of, ids are grouped as by writing all of them out', () => {
  const parts = [
    'a',
    'A',
    'ss',
    '\u00df',
    'e\u0301',
    '\u00e9',
    '\u212a',
    'k',
    ' ',
    '\u00a0',
    '\ufb01',
    'fi',
    '\u03c2',
    '\u03c3',
  ];
  const ids = new Set(parts.flatMap((a) => parts.flatMap((b) => parts.map((c) => a + b + c))));
  const looks = (id: string) => id.trim().normalize('NFC').toUpperCase().normalize('NFC');
  const groups = new Map<string, string[]>();
  for (const id of ids) groups.set(looks(id), [...(groups.get(looks(id)) ?? []), id]);
  const expected = [...groups.values()].filter((group) => group.length > 1).map((group) => group.sort());
  expect(lookAlikesAmong([...ids]).map((group) => group.ids)).toEqual(
    expected.sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
  );
});
