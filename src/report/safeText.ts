/** Text from input is data: shown, never obeyed. */

/**
 * Control characters (C0, DEL, C1), and the marks that turn the direction of text around, written out as `\u001b`: a
 * terminal must not act on a customer id.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** At most so many characters (and an ellipsis): where people read, a name of 10 000 characters hides everything else. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Without the C0 characters: JSON.stringify has escaped those in texts, and the rest are its own line ends. */
const RAW_IN_JSON = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON in which none of the characters above stands raw; any JSON parser reads the same values back. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return json.replace(RAW_IN_JSON, printable);
}

/**
 * One cell of a CSV file (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe before it;
 * numbers, negative ones too, stay as they are.
 */
export function csvCell(text: string): string {
  if (HARMLESS.test(text)) return text;
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const inert = !isNumber && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  const shown = inert.split('\n').map(printable).join('\n');
  return /[",\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Nearly all cells: no text in which a spreadsheet, a terminal or CSV itself could see more than a text. */
const HARMLESS = /^(?:[A-Za-z0-9][A-Za-z0-9 .:_/-]*)?$/;

export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

/** Text inside a Markdown table: nothing in it becomes a column, a link, HTML or emphasis. */
export function markdownText(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/^([=@-])/, '\\$1');
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
