import { expect, test } from 'vitest';
import { writePadded, writeSeconds, writeWhole } from '../../src/sample/digits.ts';

function written(write: (out: Uint8Array, at: number) => number): string {
  const out = new Uint8Array(40).fill(35);
  const end = write(out, 3);
  expect([...out.subarray(0, 3), out[end]]).toEqual([35, 35, 35, 35]); // nothing before or after
  return Buffer.from(out.subarray(3, end)).toString('latin1');
}

test.each([
  0,
  1,
  9,
  10,
  99,
  100,
  999_999_999,
  1_000_000_000,
  1_000_000_001,
  1_099_999_999,
  2 ** 31,
  2 ** 32,
  99_999_999_999,
  100_000_000_000,
  999_999_999_999_999,
])('%i is written with all its digits and no others', (value) => {
  expect(written((out, at) => writeWhole(out, at, value))).toBe(String(value));
});

test.each`
  value  | width | text
  ${0}   | ${2}  | ${'00'}
  ${7}   | ${2}  | ${'07'}
  ${59}  | ${2}  | ${'59'}
  ${7}   | ${3}  | ${'007'}
  ${999} | ${3}  | ${'999'}
`('$value in $width digits is $text', ({ value, width, text }) => {
  expect(written((out, at) => writePadded(out, at, value, width))).toBe(text);
});

test.each`
  microseconds           | seconds
  ${0}                   | ${'0.000000'}
  ${1}                   | ${'0.000001'}
  ${99_999}              | ${'0.099999'}
  ${100_000}             | ${'0.10000'}
  ${100_009}             | ${'0.10000'}
  ${999_999}             | ${'0.99999'}
  ${1_000_000}           | ${'1.0000'}
  ${9_999_999}           | ${'9.9999'}
  ${10_000_000}          | ${'10.000'}
  ${10_000_999}          | ${'10.000'}
  ${12_345_678}          | ${'12.345'}
  ${999_999_999_999_999} | ${'999999999.999'}
`('$microseconds µs are written as $seconds s', ({ microseconds, seconds }) => {
  expect(written((out, at) => writeSeconds(out, at, microseconds))).toBe(seconds);
});
