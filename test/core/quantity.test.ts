import { describe, expect, test } from 'vitest';
import { Decimal } from '../../src/core/decimal.ts';
import { failed, formatQuantity, parseQuantity } from '../../src/core/quantity.ts';

function read(text: string, unit: string): string {
  const parsed = parseQuantity(text, unit);
  return failed(parsed) ? parsed.code : parsed.value.toFixed();
}

describe('a quantity', () => {
  test.each`
    text                    | unit         | value
    ${'0'}                  | ${'request'} | ${'0'}
    ${'50k'}                | ${'request'} | ${'50000'}
    ${'2M'}                 | ${'request'} | ${'2000000'}
    ${'1.5B'}               | ${'request'} | ${'1500000000'}
    ${'1_000_000'}          | ${'request'} | ${'1000000'}
    ${'010'}                | ${'request'} | ${'10'}
    ${'0.5k'}               | ${'request'} | ${'500'}
    ${'3 requests'}         | ${'request'} | ${'3'}
    ${'3k requests'}        | ${'request'} | ${'3000'}
    ${'100 tokens'}         | ${'token'}   | ${'100'}
    ${'10GB'}               | ${'B'}       | ${'10000000000'}
    ${'1.5 TB'}             | ${'B'}       | ${'1500000000000'}
    ${'100MB'}              | ${'B'}       | ${'100000000'}
    ${'1KiB'}               | ${'B'}       | ${'1024'}
    ${'1MiB'}               | ${'B'}       | ${'1048576'}
    ${'1GiB'}               | ${'B'}       | ${'1073741824'}
    ${'1TiB'}               | ${'B'}       | ${'1099511627776'}
    ${'5B'}                 | ${'B'}       | ${'5'}
    ${'5'}                  | ${'B'}       | ${'5'}
    ${'30s'}                | ${'s'}       | ${'30'}
    ${'250ms'}              | ${'s'}       | ${'0.25'}
    ${'10min'}              | ${'s'}       | ${'600'}
    ${'2h'}                 | ${'s'}       | ${'7200'}
    ${'1us'}                | ${'s'}       | ${'0.000001'}
    ${'999999999999999999'} | ${'request'} | ${'999999999999999999'}
    ${'0.000000000001'}     | ${'request'} | ${'0.000000000001'}
  `('of $text in $unit is $value', ({ text, unit, value }) => {
    expect(read(text, unit)).toBe(value);
  });

  test.each`
    text                     | unit         | code
    ${''}                    | ${'request'} | ${'not-a-quantity'}
    ${'many'}                | ${'request'} | ${'not-a-quantity'}
    ${'-5'}                  | ${'request'} | ${'negative'}
    ${'1e3'}                 | ${'request'} | ${'not-a-number'}
    ${'1,000'}               | ${'request'} | ${'not-a-number'}
    ${'1.'}                  | ${'request'} | ${'not-a-number'}
    ${'.5'}                  | ${'request'} | ${'not-a-number'}
    ${'+5'}                  | ${'request'} | ${'not-a-number'}
    ${'1__0'}                | ${'request'} | ${'not-a-number'}
    ${'_1'}                  | ${'request'} | ${'not-a-number'}
    ${'1000000000000000000'} | ${'request'} | ${'too-many-digits'}
    ${'0.0000000000001'}     | ${'request'} | ${'too-many-digits'}
    ${'10GB'}                | ${'request'} | ${'wrong-unit'}
    ${'10gb'}                | ${'B'}       | ${'wrong-unit'}
    ${'10m'}                 | ${'s'}       | ${'wrong-unit'}
    ${'10 tokens'}           | ${'request'} | ${'wrong-unit'}
    ${'10K'}                 | ${'request'} | ${'wrong-unit'}
  `('of "$text" is refused on a meter in $unit: $code', ({ text, unit, code }) => {
    expect(read(text, unit)).toBe(code);
  });

  test.each`
    quantity           | unit         | shown
    ${'230000'}        | ${'request'} | ${'230 000'}
    ${'999'}           | ${'request'} | ${'999'}
    ${'1234567.5'}     | ${'request'} | ${'1 234 567.5'}
    ${'61000000000'}   | ${'B'}       | ${'61 GB'}
    ${'1234000000000'} | ${'B'}       | ${'1.234 TB'}
    ${'999'}           | ${'B'}       | ${'999 B'}
    ${'1000'}          | ${'B'}       | ${'1 kB'}
    ${'1234.5'}        | ${'s'}       | ${'1 234.5 s'}
  `('of $quantity in $unit is shown as $shown', ({ quantity, unit, shown }) => {
    expect(formatQuantity(new Decimal(quantity), unit)).toBe(shown);
  });
});
