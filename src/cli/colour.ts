import { coloured, PLAIN, type Style } from '../report/style.ts';
import type { Io } from './io.ts';

/**
 * Colour only on a terminal. `NO_COLOR` (any value but the empty one), `TERM=dumb` and `--no-color` win over
 * `FORCE_COLOR`, which asks for colour in a pipe.
 */
export function styleFor(io: Io, stream: { readonly isTTY?: boolean }, flags: { readonly color?: boolean }): Style {
  const { NO_COLOR, TERM, FORCE_COLOR } = io.env;
  if (flags.color === false || (NO_COLOR ?? '') !== '' || TERM === 'dumb') return PLAIN;
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isForced || stream.isTTY === true ? coloured() : PLAIN;
}
