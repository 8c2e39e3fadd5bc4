import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Refusal } from '../../app/refusal.ts';
import type { Problem } from '../../core/problem.ts';
import type { Logo } from '../../report/invoice/sheet/sheet.ts';
import { tierFileHere } from '../inputs.ts';
import type { Io } from '../io.ts';

/** The logo that a tier file names, read from beside it. `tiers`: name of the tier file as the user gave it. */
export function readLogo(name: string, tiers: string | undefined, io: Io): Logo {
  const path = resolve(io.cwd, dirname(tiers ?? tierFileHere(io) ?? '.'), name);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { message } = error as Error;
    throw failure({ code: 'config/unreadable', message, hint: 'check logo: under issuer:' }, name);
  }
  if (bytes.subarray(0, 8).equals(PNG)) return { bytes, type: 'image/png' };
  if (bytes.subarray(0, 3).equals(JPEG)) return { bytes, type: 'image/jpeg' };
  const hint = 'give a PNG or JPEG file under issuer: logo:';
  throw failure({ code: 'config/not-a-picture', message: 'it is neither PNG nor JPEG', hint }, name);
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

function failure(problem: Pick<Problem, 'code' | 'message'> & { hint: string }, file: string): Refusal {
  return new Refusal('usage', [{ severity: 'error', source: { file }, ...problem }]);
}
