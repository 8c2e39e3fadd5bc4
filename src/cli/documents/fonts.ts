/** Font files that the user names. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Refusal } from '../../app/refusal.ts';
import type { Problem } from '../../core/problem.ts';
import type { FontFile } from '../../report/invoice/sheet/sheet.ts';
import type { Io } from '../io.ts';
import { fontIn } from './pdfTools.ts';

/** Throws a Refusal for a file that cannot be read, or is no font. */
export async function readFonts(names: readonly string[], io: Io): Promise<FontFile[]> {
  const { create } = await import('fontkit');
  return names.map((name) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(resolve(io.cwd, name));
    } catch (error) {
      throw failure({ code: 'config/unreadable', message: (error as Error).message, hint: 'check --font' }, name);
    }
    if (fontIn(bytes, create)) return { name: basename(name), bytes };
    const hint = 'give a TrueType or OpenType file to --font: .ttf, .otf or .ttc';
    throw failure({ code: 'config/not-a-font', message: 'it is no font', hint }, name);
  });
}

function failure(problem: Pick<Problem, 'code' | 'message'> & { hint: string }, file: string): Refusal {
  return new Refusal('usage', [{ severity: 'error', source: { file }, ...problem }]);
}
