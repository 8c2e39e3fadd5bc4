/** The texts of a PDF, read back by the maps from glyphs to letters that it holds; one a line, in the order in which they are drawn. */
import { inflateSync } from 'node:zlib';

export function pdfText(bytes: Buffer): string[] {
  const file = bytes.toString('latin1');
  const object = (id: string) => new RegExp(`(?:^|\\n)${id} 0 obj\\n([\\s\\S]*?)endobj`).exec(file)![1]!;
  const stream = (id: string) => {
    const content = /stream\n([\s\S]*)\nendstream/.exec(object(id))![1]!;
    return inflateSync(Buffer.from(content, 'latin1')).toString('latin1');
  };
  return [...file.matchAll(/\/Contents (\d+) 0 R\n\/Resources (\d+) 0 R/g)].flatMap(([, contents, resources]) => {
    const fonts = new Map(
      [...object(resources!).matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => {
        const map = stream(/\/ToUnicode (\d+)/.exec(object(id!))![1]!);
        const letters = [...map.matchAll(/\[(.*)\]/g)].flatMap(([, list]) => [...list!.matchAll(/<([^>]*)>/g)]);
        return [name!, letters.map(([, codes]) => lettersOf(codes!.replaceAll(' ', '')))];
      }),
    );
    let font = '';
    return [...stream(contents!).matchAll(/BT (?:\/(F\d+) \S+ Tf )?(.*) ET/g)].map(([, chosen, shown]) => {
      font = chosen ?? font;
      const glyphs = [...shown!.matchAll(/<([\da-f]+)>/g)].flatMap(([, codes]) => codes!.match(/.{4}/g)!);
      return glyphs.map((code) => fonts.get(font)![Number.parseInt(code, 16)]).join('');
    });
  });
}

/** UTF-16, four hexadecimal digits a unit. */
function lettersOf(codes: string): string {
  return String.fromCharCode(...(codes.match(/.{4}/g) ?? []).map((code) => Number.parseInt(code, 16)));
}
