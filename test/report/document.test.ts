/** One document of a kind that no command has, through every renderer. */
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../src/core/decimal.ts';
import { currencyOf } from '../../src/core/money.ts';
import { type Block, money, none, percent, quantity, type Table, text } from '../../src/report/document.ts';
import { csv } from '../../src/report/render/csv.ts';
import { html } from '../../src/report/render/html.ts';
import { markdown } from '../../src/report/render/markdown.ts';
import { terminal } from '../../src/report/render/terminal.ts';
import { PLAIN } from '../../src/report/style.ts';
import { bar, svg } from '../../src/report/svg.ts';
import { displayWidth } from '../../src/report/width.ts';

const EUR = currencyOf('EUR')!;
const PICTURE = svg({ width: 10, height: 10, title: 'Toys', description: 'one bar' }, [bar(0, 0, 5, 5, 'f0', 'tip')]);
const TABLE: Table = {
  kind: 'table',
  title: 'Toys',
  note: 'made of <wood>',
  columns: [
    { head: 'toy', align: 'left' },
    { head: 'pieces', align: 'right' },
    { head: 'share', align: 'right' },
    { head: 'EUR', align: 'right' },
  ],
  rows: [
    {
      cells: [
        text('car|*red*'),
        quantity(new Decimal(12000), ''),
        percent(0.25, '25.0 %'),
        money(new Decimal('1234.5'), EUR),
      ],
      below: ['four wheels'],
      belowIn: 0,
    },
    { role: 'total', cells: [text('total'), none(), none('–'), money(new Decimal('1234.5'), EUR)] },
  ],
};
const TOYS: readonly Block[] = [
  { kind: 'heading', level: 1, text: 'Toys & more', aside: '2026-10' },
  { kind: 'paragraph', text: ['a ', { text: 'red', tone: 'strong' }, ' car'], isSentence: true },
  { kind: 'list', title: 'Facts', items: ['one', [{ text: 'x <= 1', tone: 'code' }]] },
  TABLE,
  { kind: 'chart', title: 'Chart', picture: PICTURE },
  { kind: 'note', text: 'small print' },
];

const inTerminal = (blocks: Iterable<Block>, columns = Number.POSITIVE_INFINITY) =>
  [...terminal(blocks, { style: PLAIN, columns })].join('');

describe('a document', () => {
  test('on a terminal', () => {
    expect(inTerminal(TOYS)).toBe(`Toys & more  2026-10

a red car

Facts
- one
- x <= 1

Toys – made of <wood>
toy        pieces   share       EUR
car|*red*  12 000  25.0 %  1 234.50
    four wheels
total                   –  1 234.50
small print
`);
  });

  test('as Markdown', () => {
    expect([...markdown(TOYS)].join('')).toBe(`## Toys &amp; more, 2026-10

A **red** car.

### Facts

- one
- \`x <= 1\`

### Toys

made of &lt;wood&gt;

| toy | pieces | share | EUR |
| --- | ---: | ---: | ---: |
| car\\|\\*red\\*<br>four wheels | 12 000 | 25.0 % | 1 234.50 |
| **total** |  | – | **1 234.50** |

Small print.
`);
  });

  test('as HTML', () => {
    expect([...html(TOYS)].join('')).toBe(`<h1>Toys &amp; more <small>2026-10</small></h1>
<p>A <strong>red</strong> car.</p>
<h2>Facts</h2>
<ul><li>one</li>
<li><code>x &lt;= 1</code></li></ul>
<h2>Toys</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Toys – made of &lt;wood&gt;"><table><thead><tr><th scope="col">toy</th><th scope="col" class="number">pieces</th><th scope="col" class="number">share</th><th scope="col" class="number">EUR</th></tr></thead><tbody>
<tr><th scope="row">car|*red*<br>four wheels</th><td class="number">12 000</td><td class="number">25.0 %</td><td class="number">1 234.50</td></tr>
<tr class="total"><th scope="row">total</th><td class="number"></td><td class="number">–</td><td class="number">1 234.50</td></tr>
</tbody></table></div>
<p class="dim">made of &lt;wood&gt;</p>
<figure><figcaption>Chart</figcaption>
${PICTURE}</figure>
<p class="dim">Small print.</p>
`);
  });

  test('as CSV, exactly', () => {
    expect([...csv(TOYS)].join('')).toBe('toy,pieces,share,EUR\ncar|*red*,12000,0.25,1234.50\ntotal,,,1234.50\n');
  });
});

describe('a table on a terminal', () => {
  const named = (names: readonly string[], figures = 3): Table => ({
    kind: 'table',
    title: '',
    columns: [
      { head: 'customer', align: 'left' },
      ...Array.from({ length: figures }, (_, i) => ({ head: `c${i}`, align: 'right' as const })),
    ],
    rows: names.map((name) => ({
      cells: [text(name), ...Array.from({ length: figures }, () => money(new Decimal('123456789.5'), EUR))],
    })),
  });

  test('fits 80 columns with long names in Chinese, Japanese, Korean and emoji, all figures whole', () => {
    const names = ['東京都千代田区', '株式会社サンプル', '서울특별시', '🪆🎉'].map((name) => name.repeat(12));
    const lines = inTerminal([named(names)], 80)
      .trimEnd()
      .split('\n');
    // Figures take 3 × (2 + 14) = 48 of 80 columns, which leaves 32: 10 for a name's end, 1 for `…`, 20 for its start, because
    // half a character does not fit into the 21st.
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(displayWidth(line)).toBe(79);
      expect(line.match(/123 456 789\.50|c\d/g)).toHaveLength(3);
    }
    expect(lines.slice(1).every((line) => line.includes('…'))).toBe(true);
  });

  test('goes on below where figures alone are too wide, with the names in front of each part', () => {
    const parts = inTerminal([named(['東京'], 8)], 80).split('\n\n');
    // 8 + 8 × (2 + 14) = 136 columns; 8 + 4 × 16 = 72 fit.
    expect(parts).toHaveLength(2);
    for (const part of parts) {
      expect(part).toMatch(/^customer /);
      expect(part).toContain('東京');
      for (const line of part.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    }
    expect(parts.join('').match(/123 456 789\.50/g)).toHaveLength(8);
  });

  test('never makes one name of two', () => {
    const names = [1, 2].map((i) => `${'東'.repeat(30)}${i}${'京'.repeat(30)}`);
    const shown = inTerminal([named(names)], 80);
    for (const name of names) expect(shown).toContain(name);
  });

  test('is whole where nothing says how wide the terminal is', () => {
    const long = '東京'.repeat(50);
    expect(inTerminal([named([long])])).toContain(long);
  });

  test('ends at the same place as another one that differs in columns', () => {
    const tables = [named(['a']), named(['bb'], 1)];
    const lines = inTerminal([{ kind: 'tables', tables, alike: 'width' }])
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});
