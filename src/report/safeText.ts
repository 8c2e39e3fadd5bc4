/** Text from input is data: shown, never obeyed. */

/**
 * Characters that are not seen written out, as `\u202e` or `\u{e0041}`: control characters (C0, DEL, C1), marks that turn the
 * direction of text around, characters of no width, soft hyphens, tags, variation selectors, byte order marks, halves of
 * surrogate pairs. So a terminal does not act on a customer id, and two names that look alike are alike.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (char) => {
    const code = char.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** At most so many characters (and an ellipsis): where people read, a name of 10 000 characters hides everything else. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Without the C0 characters: JSON.stringify has escaped those in texts, and the rest are its own line ends. */
const RAW_IN_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** JSON in which none of the characters above stands raw; any JSON parser reads the same values back. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return json.replace(RAW_IN_JSON, (char) => char.split('').map(jsonEscape).join(''));
}

/** JSON as a part of a larger one: lines after the first begin `by` blanks further in. */
export function indentedJson(value: unknown, by: number): string {
  return safeJson(value, 2).replaceAll('\n', `\n${' '.repeat(by)}`);
}

/** One unit of UTF-16, as JSON writes it. */
function jsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Characters that a terminal would act on: a CSV file is data, but it is also printed. */
const ACTING = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * One cell of a CSV file (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe before it;
 * numbers, negative ones too, stay as they are.
 */
export function csvCell(text: string): string {
  if (HARMLESS.test(text)) return text;
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const inert = !isNumber && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  const shown = inert
    .split('\n')
    .map((line) => line.replace(ACTING, printable))
    .join('\n');
  return /[",\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Nearly all cells: no text in which a spreadsheet, a terminal or CSV itself could see more than a text. */
const HARMLESS = /^(?:[A-Za-z0-9][A-Za-z0-9 .:_/-]*)?$/;

export function csvRow(cells: readonly string[]): string {
  let row = csvCell(cells[0] ?? '');
  for (let i = 1; i < cells.length; i++) row += `,${csvCell(cells[i]!)}`;
  return `${row}\n`;
}

/**
 * Text inside Markdown: nothing in it becomes a column, a link, HTML, emphasis, a list, an emoji, or on GitHub and GitLab a
 * mention or a reference to an issue. Those are found in the text of the finished page, where an escape is gone: an empty
 * comment between the characters stays.
 */
export function markdownText(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/^([=-])/, '\\$1')
    .replace(/^(\d{1,9})\.(?= |$)/, '$1\\.')
    .replace(LINKING, (char) => `${char}${APART}`)
    .replace(/^ /, '&#32;');
}

/** Characters that divide a text without being seen. */
const APART = '<!-- -->';

/** Places behind which a text must be divided: `@name`, `#12`, `!12`, `GH-12`, `://`, `www.`, `:emoji:`; not times, `10:30:00-02:30`. */
const LINKING =
  /@(?=\S)|#(?=\w)|!(?=\d)|\bGH(?=-\d)|:\/(?=\/)|www(?=\.)|:(?=(?!\d\d(?:\\?[+-]\d\d)?:)(?:\\?[\w+-])+:)/gi;

/** Text as code inside Markdown, whatever backticks are in it; not for tables. */
export function markdownCode(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Text in HTML, between tags or inside a quoted attribute. */
export function htmlText(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
