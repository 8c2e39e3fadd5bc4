/** A price model is two files: its arithmetic in core/pricing, its form in tier files in config/prices. */
import { expect, test } from 'vitest';
import { PRICE_FORMATS } from '../../src/config/prices/index.ts';
import { PRICE_MODELS } from '../../src/core/pricing/index.ts';

test('every price model has a form in tier files, and every form a model', () => {
  expect(Object.keys(PRICE_FORMATS)).toEqual(Object.keys(PRICE_MODELS));
});
