/**
 * A small reader of GitHub's Markdown for tests: what a line shows, and what of it would become more than text. Written from
 * the CommonMark and GFM specifications, and from what GitHub and GitLab look for in the finished page; shares no code with
 * the product.
 */
export type Shown = {
  /** The texts between tags, comments and code, as the finished page has them. */
  readonly texts: readonly string[];
  /** Mark-up that the line would make: `emphasis *`, `tag <b>`, `link www.`. */
  readonly faults: readonly string[];
};

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

/** Reads one line, which stands in a cell or behind `- `. */
export function readMarkdown(line: string): Shown {
  const faults: string[] = [];
  if (/^(?: {0,3})(?:[-+*] |\d{1,9}[.)](?: |$)|>|#{1,6} |={2,}|-{2,}| {4}|\t)/.test(line)) faults.push('block');
  let texts: string[] = [''];
  const add = (text: string) => {
    texts[texts.length - 1] += text;
  };
  for (let at = 0; at < line.length; ) {
    const rest = line.slice(at);
    const escaped = /^\\([!-/:-@[-`{-~])/.exec(rest);
    const comment = /^<!--(?!-?>)[\s\S]*?-->/.exec(rest);
    const entity = /^&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]+));/.exec(rest);
    if (escaped) {
      add(escaped[1]!);
      at += 2;
    } else if (comment) {
      texts.push('');
      at += comment[0].length;
    } else if (entity) {
      const [whole, decimal, hex, name] = entity as unknown as [string, string?, string?, string?];
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
      add(code === undefined ? (ENTITIES[name!] ?? whole) : String.fromCodePoint(code));
      at += whole.length;
    } else {
      const mark = /^[`*_~[\]|<$]/.exec(rest);
      if (mark) faults.push(`mark-up ${mark[0]}`);
      // GFM finds these in the source, before escapes are taken away.
      const link = /^(?:www\.|(?:https?|ftp):\/\/|(?:mailto|xmpp):[^\s@]+@\w)/i.exec(rest);
      if (link) faults.push(`link ${link[0]}`);
      add(rest[0]!);
      at += 1;
    }
  }
  texts = texts.filter((text) => text !== '');
  for (const text of texts) {
    for (const [what, found] of Object.entries(IN_TEXT))
      if (found.test(text)) faults.push(`${what} in ${JSON.stringify(text)}`);
  }
  return { texts, faults };
}

/** Found in a text of the finished page, whatever its source was. */
const IN_TEXT: Readonly<Record<string, RegExp>> = {
  mention: /@[A-Za-z0-9_]/,
  'e-mail': /[\w.+-]+@[\w-]+/,
  issue: /#\d/,
  'GH- reference': /\bGH-\d/i,
  'merge request': /!\d/,
  address: /(?:https?|ftp):\/\/\S|\bwww\.\S/i,
  emoji: /:(?!\d\d:)[\w+-]+:/,
};
