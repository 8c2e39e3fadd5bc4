/** The program and the style of the HTML page, which the build puts beside the rest. */
import { readFile } from 'node:fs/promises';

export async function pageFiles(): Promise<{ script: string; style: string }> {
  const at = (name: string) => readFile(new URL(`../../dist/page/${name}`, import.meta.url), 'utf8');
  const [script, style] = await Promise.all([at('page.js'), at('page.css')]);
  return { script, style };
}
