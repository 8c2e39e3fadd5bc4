/** A document as HTML, and the page around it: one file, for which nothing is loaded from anywhere. */
import {
  type Block,
  type Cell,
  type Chart,
  type Document,
  plain,
  type Row,
  type Table,
  type Text,
} from '../document.ts';
import { htmlText } from '../safeText.ts';
import { sentence } from '../words.ts';

/** A page that runs nothing unless it `runsScript`. */
export function htmlHead({
  title,
  style,
  runsScript,
  language = 'en',
}: {
  title: string;
  style: string;
  runsScript: boolean;
  /** BCP 47. */
  language?: string;
}): string {
  const script = runsScript ? " script-src 'unsafe-inline';" : '';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${script} style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>${htmlText(title)}</title>
<style>
${style}</style>
</head>
<body>
`;
}

/** `above`: what the document stands under. */
export function* html(document: Document, above = ''): Generator<string> {
  let heading = above;
  for (const block of document) {
    if (block.kind === 'heading') heading = plain(block.text);
    yield drawn(block, heading);
  }
}

/** `heading`: the last one above, which names a table without a title. */
function drawn(block: Block, heading: string): string {
  switch (block.kind) {
    case 'heading': {
      const aside = block.aside === undefined ? '' : ` <small>${htmlText(block.aside)}</small>`;
      return `<h${block.level}>${safe(block.text)}${aside}</h${block.level}>\n`;
    }
    case 'paragraph':
      return `<p>${block.isSentence ? sentence(safe(block.text)) : safe(block.text)}</p>\n`;
    case 'note':
      return `<p class="dim">${sentence(safe(block.text))}</p>\n`;
    case 'list': {
      const title = block.title === undefined ? '' : `<h2>${htmlText(block.title)}</h2>\n`;
      return `${title}<ul>${block.items.map((item) => `<li>${safe(item)}</li>`).join('\n')}</ul>\n`;
    }
    case 'table':
      return `${block.title === '' ? '' : tableTitle(block)}${table(block, heading)}`;
    case 'tables':
      return [...html(block.tables)].join('');
    case 'chart':
      return chart(block);
    case 'grid':
      return `<div class="charts ${block.size}">\n${block.charts.map(chart).join('')}</div>\n`;
    case 'folded':
      return `<details><summary>${htmlText(block.title)}</summary>\n${folded(block)}</details>\n`;
    case 'sketch':
    case 'pause':
      return '';
  }
}

/** A browser opens what is folded where a link leads inside of it. */
function folded({ blocks, title, anchor }: Extract<Block, { kind: 'folded' }>): string {
  const inside = [...html(blocks, title)].join('');
  return anchor === undefined ? inside : `<div id="${anchor}">${inside}</div>`;
}

function tableTitle({ title, aside }: Table): string {
  return `<h2>${htmlText(title)}${aside === undefined ? '' : ` <small>${htmlText(aside)}</small>`}</h2>\n`;
}

function chart({ title, picture, legend = [] }: Chart): string {
  const keys = legend.map((name, i) => `<span><i class="key key${i % 6}"></i>${htmlText(name)}</span>`).join('\n');
  const caption = title === '' ? '' : `<figcaption>${htmlText(title)}</figcaption>\n`;
  return `<figure>${caption}${picture}${keys === '' ? '' : `<p class="legend">${keys}</p>`}</figure>\n`;
}

/** It scrolls by itself where it is wider than the page; so that keys can scroll it, it can be focused. */
function table({ title, note, columns, rows, foot = [] }: Table, heading: string): string {
  const label = [title || heading, ...(note === undefined ? [] : [note])].join(' – ');
  const heads = columns.map(({ head }, c) => `<th scope="col"${side(columns, c)}>${htmlText(head)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr${classesOf(row)}>${columns.map((_, c) => cellHtml(row, columns, c)).join('')}</tr>`,
  );
  return `<div class="scroll" role="region" tabindex="0" aria-label="${htmlText(label)}"><table><thead><tr>${heads}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>
${note === undefined ? '' : `<p class="dim">${htmlText(note)}</p>\n`}${foot.map(({ text, below = [] }) => `<p>${[text, ...below].map(safe).join('<br>')}</p>\n`).join('')}`;
}

function cellHtml(row: Row, columns: Table['columns'], column: number): string {
  const cell: Cell | undefined = row.cells[column];
  const more = row.belowIn === column ? (row.below ?? []) : [];
  const shown = [...(cell === undefined ? [] : [cell.text]), ...more].map(safe).filter((text) => text !== '');
  return column === 0
    ? `<th scope="row">${rowHead(row, shown.join('<br>'))}</th>`
    : `<td${side(columns, column)}>${shown.join('<br>')}</td>`;
}

/** The first cell with what makes it a link, a choice or a key to a chart. */
function rowHead({ choice, isChosen, key, link }: Row, shown: string): string {
  const label = `${key === undefined ? '' : `<i class="key key${key}"></i>`}${shown}`;
  if (link !== undefined) return `<a href="${link}">${label}</a>`;
  if (!choice) return label;
  const state = `${isChosen ? ' checked' : ''}${choice.isPossible ? '' : ' disabled'}`;
  return `<label><input type="radio" name="${choice.group}" value="${htmlText(choice.value)}"${state}>\n${label}</label>`;
}

function side(columns: Table['columns'], column: number): string {
  return columns[column]!.align === 'right' ? ' class="number"' : '';
}

function classesOf({ role, level = 0, isChosen }: Row): string {
  const classes = [role ?? '', level > 0 ? 'part' : '', isChosen ? 'chosen' : ''].filter((name) => name !== '');
  return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
}

function safe(shown: Text): string {
  if (typeof shown === 'string') return htmlText(shown);
  return shown
    .map((span) => {
      if (typeof span === 'string') return htmlText(span);
      if (span.tone === 'code' || span.tone === 'strong') return `<${span.tone}>${htmlText(span.text)}</${span.tone}>`;
      return span.tone === 'figure' ? htmlText(span.text) : `<span class="${span.tone}">${htmlText(span.text)}</span>`;
    })
    .join('');
}
