/** The one-pass JSON parser against two libraries, one after the other: a strict one, and one that keeps number texts. */
import { LosslessNumber, parse } from 'lossless-json';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/telemetry/jsonValue.ts';
import { jsonValue } from './differential.ts';
import { Random } from './random.ts';

function byLibraries(text: string): unknown {
  JSON.parse(text);
  return parse(text, undefined, (number) => new LosslessNumber(number));
}

/** The value, or which kind of error there is. */
function outcomeOf(read: (text: string) => unknown, text: string): unknown {
  try {
    return { value: read(text) };
  } catch (error) {
    return /duplicate key/i.test((error as Error).message) ? 'a key twice' : 'not JSON';
  }
}

test('random JSON, with and without a damaged character, is read as by the libraries (2 000 texts)', () => {
  const habit = { escapes: 0.3, shuffles: 0, gaps: 0, extras: 0, twice: 0, blanks: 0.3, dots: 0 };
  for (let seed = 1; seed <= 1000; seed++) {
    const random = new Random(seed);
    const text = jsonValue(random, habit);
    const at = random.below(text.length);
    const damaged = text.slice(0, at) + random.pick(['', '"', '\\', ',', '}', '\u0001', ' ', '0']) + text.slice(at + 1);
    for (const one of [text, damaged]) {
      expect(outcomeOf(parseJson, one), `seed ${seed}: ${one}`).toEqual(outcomeOf(byLibraries, one));
    }
  }
});

test.each([
  '{"a":1,"a":1}',
  '{"a":1,"a":1.0}',
  '{"a":"\\u0061\\"\\\\"}',
  '{"a":01}',
  '{"a":1} x',
  ' {"a" : [ ] } ',
  '"\\ud83d"',
  '[1,]',
  '{"a":-}',
  `${'['.repeat(80)}${']'.repeat(80)}`,
])('%s', (text) => {
  expect(outcomeOf(parseJson, text)).toEqual(outcomeOf(byLibraries, text));
});
