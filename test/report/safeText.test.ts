/** Names of people and customers are shown, and never become more than text. */
import { describe, expect, test } from 'vitest';
import { csvCell, htmlText, markdownCode, markdownText, printable, safeJson } from '../../src/report/safeText.ts';
import { readMarkdown } from '../support/markdownFaults.ts';
import { check, fc } from '../support/properties.ts';

const PIECES = [
  ...[
    '@',
    'octocat',
    'org/repo',
    '#',
    '12',
    'GH-',
    '!',
    'http',
    'https',
    'ftp',
    ':',
    '//',
    'www',
    'WWW',
    '.',
    'x.com',
    '&',
  ],
  ...[
    'mailto:',
    '`',
    '``',
    '|',
    '<',
    '>',
    '[',
    ']',
    '(',
    ')',
    '\\',
    '*',
    '_',
    '~',
    '~~',
    '$',
    '^',
    '=',
    '+',
    '-',
    '1.',
    '1)',
  ],
  ...[
    '&#64;',
    '&amp;',
    '<b>',
    '<!--',
    '-->',
    '<http://x.com>',
    '[a](b)',
    ':tada:',
    ':100:',
    '10:00:05',
    ' ',
    '  ',
    '\n',
    '\t',
  ],
  ...[
    '\u202e',
    '\u200b',
    '\u200d',
    '\u00ad',
    '\ufeff',
    '\u2066',
    '\u061c',
    '\u{e0041}',
    '\u{e0100}',
    '\ufe0f',
    '\u0000',
    '\u001b',
    '\u0085',
  ],
  ...['\ud800', 'a', 'é', '日本', '"', "'", ','],
];
const names = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary', maxLength: 2 })), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''));

/** Code points that nobody sees: by the names of Unicode's blocks, not by the property that the product asks. */
function isUnseen(code: number): boolean {
  const ranges = [
    [0x0, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x61c, 0x61c],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0x3164, 0x3164],
    [0xd800, 0xdfff],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
    [0xfff0, 0xfffb],
    [0x1bca0, 0x1bca3],
    [0x1d173, 0x1d17a],
    [0xe0000, 0xe0fff],
  ];
  return ranges.some(([from, to]) => code >= from! && code <= to!);
}

/** What a name shows: unseen characters as they are written in code. */
function shownAs(name: string): string {
  return [...name]
    .map((char) => {
      const code = char.codePointAt(0)!;
      if (!isUnseen(code)) return char;
      return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
    })
    .join('');
}

describe('a name in Markdown', () => {
  test('shows every character of it, and is no mention, link, reference, emoji or mark-up', () => {
    check(
      fc.property(names, (name) => {
        const { texts, faults } = readMarkdown(markdownText(name));
        expect({ name, text: texts.join(''), faults }).toEqual({ name, text: shownAs(name), faults: [] });
      }),
      { runs: 10_000 },
    );
  });

  test.each`
    name                     | markdown
    ${'@octocat'}            | ${'@<!-- -->octocat'}
    ${'ann@example.com'}     | ${'ann@<!-- -->example.com'}
    ${'https://example.com'} | ${'https:/<!-- -->/example.com'}
    ${'www.example.com'}     | ${'www<!-- -->.example.com'}
    ${'org/repo#12'}         | ${'org/repo\\#<!-- -->12'}
    ${'GH-12'}               | ${'GH<!-- -->-12'}
    ${':tada:'}              | ${':<!-- -->tada:'}
    ${'at 10:00:05'}         | ${'at 10:00:05'}
    ${'GET /v1/:org/:name'}  | ${'GET /v1/:org/:name'}
    ${'<http://x.com>'}      | ${'&lt;http:/<!-- -->/x.com&gt;'}
    ${'a\u202eb'}            | ${'a\\\\u202eb'}
    ${'1. first'}            | ${'1\\. first'}
    ${' @a'}                 | ${'&#32;@<!-- -->a'}
  `('$name is written $markdown', ({ name, markdown }) => {
    expect(markdownText(name)).toBe(markdown);
  });

  test('a reader of Markdown that finds nothing would show nothing: these are found', () => {
    const found = [
      '@a',
      '\\@a',
      '&#64;a',
      'a@b.c',
      'http://x.y',
      'www.x',
      '\\#1',
      '*a*',
      '<b>',
      '`a`',
      '[a](b)',
      '- a',
      '1. a',
      ':a:',
    ];
    for (const line of found) expect(readMarkdown(line).faults.length, line).toBeGreaterThan(0);
  });

  test('a rule is code, from its first backtick to its last', () => {
    expect(markdownCode('a')).toBe('`a`');
    expect(markdownCode('tier == "`"')).toBe('``tier == "`"``');
    expect(markdownCode('``x\u200b')).toBe('``` ``x\\u200b ```');
  });
});

describe('characters that nobody sees', () => {
  test('are written out in every text for people', () => {
    check(
      fc.property(names, (name) => {
        expect(printable(name)).toBe(shownAs(name));
        expect([...htmlText(name)].filter((char) => isUnseen(char.codePointAt(0)!))).toEqual([]);
        expect(htmlText(name)).not.toMatch(/[<>"']/);
      }),
      { runs: 3000 },
    );
  });

  test('every code point of Unicode is either written out or as it was', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const char = String.fromCodePoint(code);
      if ((printable(char) !== char) !== isUnseen(code)) expect.fail(`U+${code.toString(16)}: ${printable(char)}`);
    }
  });

  test('stay in JSON as what they are, and stand nowhere raw', () => {
    check(
      fc.property(names, (name) => {
        const json = safeJson({ [name]: name });
        expect(JSON.parse(json)).toEqual({ [name]: name });
        expect([...json].filter((char) => isUnseen(char.codePointAt(0)!))).toEqual([]);
      }),
      { runs: 3000 },
    );
  });

  test('stay in CSV, but for those that a terminal acts on; a formula is made a text', () => {
    expect(csvCell('a\u200bb\u00adc')).toBe('a\u200bb\u00adc');
    expect(csvCell('a\u001b[2J\u202e')).toBe('a\\u001b[2J\\u202e');
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('-12.5')).toBe('-12.5');
  });
});
