import { describe, expect, test } from 'vitest';
import { cut, cutNames, displayWidth, padEnd, wordsOf, wrapped } from '../../src/report/width.ts';

// By Unicode's tables: East Asian Wide and Fullwidth two columns, combining marks none, everything else one.
test.each`
  text                                | width | why
  ${''}                               | ${0}  | ${'nothing'}
  ${'abc'}                            | ${3}  | ${'ASCII'}
  ${'Zürich'}                         | ${6}  | ${'one character each'}
  ${'Zu\u0308rich'}                   | ${6}  | ${'the marks of an umlaut stand on the u'}
  ${'東京'}                           | ${4}  | ${'wide'}
  ${'ＡＢ'}                           | ${4}  | ${'fullwidth Latin'}
  ${'ｱｲ'}                             | ${2}  | ${'halfwidth Katakana'}
  ${'서울'}                           | ${4}  | ${'Hangul syllables'}
  ${'\u1109\u1165\u110b\u116e\u11af'} | ${4}  | ${'the same syllables in parts'}
  ${'🎉'}                             | ${2}  | ${'emoji'}
  ${'🪆'}                             | ${2}  | ${'an emoji of Unicode 13'}
  ${'👍🏽'}                             | ${2}  | ${'with a skin colour'}
  ${'🇦🇹'}                             | ${2}  | ${'a flag of two letters'}
  ${'ที่'}                              | ${1}  | ${'a Thai consonant with two marks'}
  ${'├─ …–'}                          | ${5}  | ${'lines, ellipsis, dash'}
  ${'\u001b[1m東\u001b[22m'}          | ${2}  | ${'settings of the terminal'}
`('$text takes $width columns: $why', ({ text, width }) => {
  expect(displayWidth(text)).toBe(width);
});

describe('a text', () => {
  test('is cut between characters, the ellipsis in the width', () => {
    expect(cut('東京都', 6)).toBe('東京都');
    expect(cut('東京都', 5)).toBe('東京…'); // 4 + 1
    expect(cut('東京都', 4)).toBe('東…'); // half of 京 is no character
    expect(cut('abc', 1)).toBe('…');
  });

  test('is cut beside an escape, never within it', () => {
    // Four columns are 👩, which takes two, one of the next characters and …; the escape would take six.
    expect(cut('👩\\u200d👩', 4)).toBe('👩…');
    expect(cut('ab\\u{e0041}c', 8)).toBe('ab…');
    expect(cut('ab\\u{e0041}cde', 12)).toBe('ab\\u{e0041}…'); // 2 + 9 + 1
    expect([...cutNames(['abcdefghij\\u200d'], 10).values()]).toEqual(['abcdef…']); // of the end, 3 columns, nothing fits
  });

  test('is padded by what it takes, not by its length', () => {
    expect(padEnd('東京', 6)).toBe('東京  ');
  });

  test('is broken between words, of which a number with groups of digits is one', () => {
    const words = ['61 000 000 000', 'B', 'used', '−', '5', '×', '12', '3456'];
    expect(wordsOf(words.join(' '))).toEqual(words);
  });

  test('is broken between parts', () => {
    expect(wrapped('- ', ['東京', 'b', 'cc'], ' ', 8)).toEqual(['- 東京 b', '  cc']); // 2 + 4 + 1 + 1 = 8
  });
});

test('names lose their middle, and two never become one', () => {
  expect([...cutNames(['東京都千代田区丸の内'], 9).values()]).toEqual(['東京都…内']); // of 9, 1 for …, 2 for the end, 6 for the start
  const alike = ['abcdefgh1xyz', 'abcdefgh2xyz'];
  expect([...cutNames(alike, 8).values()]).toEqual(alike);
});
