/** The quadrature behind expected bills of sign-ups. */
import { expect, test } from 'vitest';
import { NODES, WEIGHTS } from '../../../src/core/simulation/conversion.ts';

// Moments of a standard normal: 0 for odd powers, (n − 1)!! for even ones. Five points are exact up to the ninth.
test.each([
  [0, 1],
  [1, 0],
  [2, 1],
  [3, 0],
  [4, 3],
  [5, 0],
  [6, 15],
  [7, 0],
  [8, 105],
  [9, 0],
])('the mean of z^%i is %i', (power, moment) => {
  const mean = NODES.reduce((sum, node, i) => sum + WEIGHTS[i]! * node ** power, 0);
  expect(mean).toBeCloseTo(moment, 10);
});
