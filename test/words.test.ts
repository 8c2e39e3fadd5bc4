/** How doc comments begin: with a noun that is in the code, so that a comment can be read without its neighbours. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './support/runMeter.ts';

/** Words that stand for a subject instead of naming it. */
const REFUSED = /^(?:Of|But|The same|As|Those|What|Where|How|Whoever|Which|Whose|Who|Whether)\b/;

/** Rooms whose comments are still to be rewritten. The list only gets shorter. */
const EXEMPT = ['app', 'core/simulation', 'kernel', 'report', 'telemetry/fast'];

const SRC = join(ROOT, 'src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));

describe('a doc comment begins with its subject', () => {
  test('in every room that is not exempt', () => {
    const isExempt = (path: string) => EXEMPT.some((room) => path.startsWith(`${room}/`));
    expect(FILES.filter((path) => !isExempt(path)).flatMap(refusedIn)).toEqual([]);
  });

  test.each(EXEMPT)('and %s is exempt only as long as a comment in it does not', (room) => {
    expect(FILES.filter((path) => path.startsWith(`${room}/`)).flatMap(refusedIn)).not.toEqual([]);
  });

  test.each`
    comment                             | isRefused
    ${'/** What a tier costs. */'}      | ${true}
    ${'/**\n * The same for files. */'} | ${true}
    ${'/** Of a level. */'}             | ${true}
    ${'/** Costs of a tier. */'}        | ${false}
    ${'/** Offset in bytes. */'}        | ${false}
    ${'/* What is no doc comment. */'}  | ${false}
  `('$comment', ({ comment, isRefused }) => {
    expect(beginnings(comment).some((text) => REFUSED.test(text))).toBe(isRefused);
  });
});

function refusedIn(path: string): string[] {
  return beginnings(readFileSync(join(SRC, path), 'utf8'))
    .filter((text) => REFUSED.test(text))
    .map((text) => `${path}: ${text}`);
}

/** The first line of text of each doc comment. */
function beginnings(source: string): string[] {
  return [...source.matchAll(/\/\*\*[\s*]*([^\n]*)/g)].map(([, text]) => text!);
}
