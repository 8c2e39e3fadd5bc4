/** Digits, numbers and glyphs of documents. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { create, type Font } from 'fontkit';
import { describe, expect, test } from 'vitest';
import type { Invoice } from '../../../src/core/invoice/invoice.ts';
import { inDigitsOf, type Locale, languageOf } from '../../../src/report/invoice/sheet/language.ts';
import { numbersOf } from '../../../src/report/invoice/sheet/numbers.ts';
import { SheetPdf } from '../../../src/report/invoice/sheet/pdf.ts';
import { Typesetter } from '../../../src/report/render/pdf/typesetter.ts';
import { USUAL } from '../../../src/report/render/pdf/usualLetters.ts';
import { pdfText } from '../../support/pdfText.ts';

describe('digits of a language', () => {
  test.each`
    locale     | text                                  | shown
    ${'en'}    | ${'30 000 ÷ 10 000 × 0.4 = 1.20'}     | ${'30,000 ÷ 10,000 × 0.4 = 1.20'}
    ${'de'}    | ${'30 000 ÷ 10 000 × 0.4 = 1.20'}     | ${'30.000 ÷ 10.000 × 0,4 = 1,20'}
    ${'de'}    | ${'-1 234 567.891 GB, 0.40/10k, 1/3'} | ${'-1.234.567,891 GB, 0,40/10k, 1/3'}
    ${'de-CH'} | ${'1 234.50'}                         | ${'1’234.50'}
    ${'fr'}    | ${'12 345.6 × 20%'}                   | ${'12\u202f345,6 × 20\u00a0%'}
    ${'es'}    | ${'1 234 and 12 345'}                 | ${'1234 and 12.345'}
    ${'es-MX'} | ${'1 234.5'}                          | ${'1,234.5'}
    ${'de'}    | ${'v1.2.3 and 1.2.3 stay'}            | ${'v1.2.3 and 1.2.3 stay'}
  `('$locale: $text is $shown', ({ locale, text, shown }) => {
    expect(inDigitsOf(languageOf(locale as Locale), text)).toBe(shown);
  });
});

describe('numbers of invoices', () => {
  const OCTOBER = { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) };
  const invoice = (customer: string) => ({ customer, tier: 'pro', period: OCTOBER }) as Invoice;
  const three = (from: string | undefined, pattern?: string) => {
    const numberOf = numbersOf({ from, pattern, timezone: 'UTC' });
    return ['a', 'b', '{n}'].map((id) => numberOf(invoice(id)));
  };

  test.each`
    from                      | pattern                  | numbers
    ${'2026-1001'}            | ${undefined}             | ${['2026-1001', '2026-1002', '2026-1003']}
    ${'R099'}                 | ${undefined}             | ${['R099', 'R100', 'R101']}
    ${'9'}                    | ${undefined}             | ${['9', '10', '11']}
    ${'99999999999999999999'} | ${undefined}             | ${['99999999999999999999', '100000000000000000000', '100000000000000000001']}
    ${'007'}                  | ${'{period}/{n}'}        | ${['2026-10/007', '2026-10/008', '2026-10/009']}
    ${undefined}              | ${'{tier}-{n}'}          | ${['pro-1', 'pro-2', 'pro-3']}
    ${undefined}              | ${'{customer}.{period}'} | ${['a.2026-10', 'b.2026-10', '{n}.2026-10']}
    ${undefined}              | ${undefined}             | ${[undefined, undefined, undefined]}
  `('from $from with $pattern they are $numbers', ({ from, pattern, numbers }) => {
    expect(three(from, pattern)).toEqual(numbers);
  });
});

describe('text in a PDF', () => {
  const { resolve } = createRequire(import.meta.url);
  const font = (name: string) => create(readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))) as Font;
  const fonts = { regular: font('DejaVuSansCondensed'), bold: font('DejaVuSansCondensed-Bold'), others: [] };

  test.each(['Größe', 'Δημήτρης', 'ООО «Облако»', 'شركة النور', 'שלום', '€ £ ¥ ₹ ₺ ₽ ₴ ₸ ₩ ₪ ₦ ₫ ₱', '12\u00a0345'])(
    'has the glyphs of %s',
    (text) => {
      const typesetter = new Typesetter(fonts);
      expect([typesetter.shown(text, 'regular'), typesetter.shown(text, 'bold')]).toEqual([text, text]);
      expect(typesetter.lacksGlyphs).toBe(false);
    },
  );

  test('has code points for glyphs that the fonts lack, and says so', () => {
    const typesetter = new Typesetter(fonts);
    expect(typesetter.shown('北京 Ltd 云', 'bold')).toBe('[U+5317 U+4EAC] Ltd [U+4E91]');
    expect(typesetter.lacksGlyphs).toBe(true);
  });

  test('takes glyphs that the fonts lack from another one', () => {
    const typesetter = new Typesetter({ ...fonts, others: [font('DejaVuMathTeXGyre')] });
    const script = '\u{1d49c}'; // mathematical script A
    expect(typesetter.shown(`a ${script} 北`, 'bold')).toBe(`a ${script} [U+5317]`);
    const alone = (font('DejaVuMathTeXGyre').layout(script).advanceWidth / 1000) * 10;
    expect(typesetter.width(script, 10, 'regular')).toBeCloseTo(alone, 6);
    const both = typesetter.width('ab', 10, 'regular') + alone;
    expect(typesetter.width(`ab${script}`, 10, 'regular')).toBeCloseTo(both, 6);
  });

  // DejaVu draws `ffi` as ff and i, `fl` as one letter, and `AV` and `To` closer than A, V, T and o stand by themselves.
  test.each(['', 'office', 'AVAV To 1/7', 'waffle', '0.40/10k → 1·2', 'Straße ff', 'ÄV fl', 'a b'])(
    'is as wide as the font lays it out: %s',
    (text) => {
      const words = text.split(/(?<= )/);
      for (const weight of ['regular', 'bold'] as const) {
        const font = fonts[weight];
        const whole = words.reduce((sum, word) => sum + font.layout(word).advanceWidth, 0);
        expect(new Typesetter(fonts).width(text, font.unitsPerEm, weight)).toBe(whole);
      }
    },
  );

  test('of usual letters is as wide as the font lays it out', () => {
    const typesetter = new Typesetter(fonts);
    const usual = fc.string({ unit: fc.constantFrom(...USUAL.replace(' ', '')), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(usual, (text) => {
        expect(typesetter.width(text, 2048, 'regular')).toBe(fonts.regular.layout(text).advanceWidth);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  // Letters of a word from right to left are drawn from the left: the last one first.
  test('can be read back from the file, line by line', async () => {
    const sheet = {
      language: 'en',
      createdAt: 0,
      title: 'Invoice 7',
      heading: 'Invoice',
      issuer: ['Straße & Söhne', 'office floor 1·2'],
      recipient: { label: 'To', lines: ['Δημήτρης Ltd', 'שלום'] },
      facts: [],
      bill: [{ kind: 'paragraph', text: '30 000 ÷ 10 000 × 0.40 = 1.20' }],
      annex: [],
      foot: ['at the foot'],
      pageText: 'Page {n} of {of}',
      missingGlyphs: '',
    } as const;
    const tools = { ...fonts, PDFDocument: (await import('pdfkit')).default };
    const drawer = new SheetPdf(tools, undefined);
    const [first, again] = [drawer.draw([sheet], 'x'), drawer.draw([sheet], 'x')];
    expect(Buffer.compare(first, again)).toBe(0);
    expect(pdfText(Buffer.from(first))).toEqual([
      'Straße & Söhne',
      'office floor 1·2',
      'Invoice 7',
      'To',
      'Δημήτρης Ltd',
      'םולש',
      '30 000 ÷ 10 000 × 0.40 = 1.20',
      'Page 1 of 1',
      'at the foot',
    ]);
  });

  test('writes out characters that are not seen', () => {
    expect(new Typesetter(fonts).shown('a\u202eb\u0000c', 'regular')).toBe('a\\u202eb\\u0000c');
  });

  test('is wrapped at blanks, and within words that are wider than a line', () => {
    const typesetter = new Typesetter(fonts);
    const box = { size: 9, weight: 'regular', width: 60 } as const;
    const lines = typesetter.wrap(`one two three ${'x'.repeat(40)} four`, box);
    expect(lines.join('').replaceAll(' ', '')).toBe(`onetwothree${'x'.repeat(40)}four`);
    for (const line of lines) expect(typesetter.width(line, box.size, box.weight)).toBeLessThanOrEqual(box.width);
  });
});
