/** A closed month, or a restatement of one, as it lies in its folder. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Refusal } from '../../app/refusal.ts';
import { Decimal } from '../../core/decimal.ts';
import { codesOf } from '../../core/problemCodes.ts';
import {
  MANIFEST_NAME,
  type Manifest,
  type Origin,
  readManifest,
  type SavedManifest,
} from '../../report/closing/manifest.ts';
import type { Io } from '../io.ts';
import { sha256 } from './hashes.ts';

export type ClosedFolder = SavedManifest & {
  /** Name of the folder, as the user gave it. */
  readonly name: string;
  readonly path: string;
};

/** Throws a Refusal where there is no manifest, or one that cannot be read. */
export function openFolder(name: string, io: Io): ClosedFolder {
  const path = resolve(io.cwd, name);
  const file = join(path, MANIFEST_NAME);
  if (!existsSync(file)) {
    throw new Refusal('usage', [
      {
        severity: 'error',
        code: codesOf('close')('not-closed'),
        source: { file: name },
        message: `this is no closed month: there is no ${MANIFEST_NAME} in it`,
        hint: 'name a folder that meter close or meter restate has written',
      },
    ]);
  }
  const { saved, problems } = readManifest(readFileSync(file, 'utf8'), join(name, MANIFEST_NAME), sha256);
  if (!saved) throw new Refusal('usage', problems);
  return { ...saved, name, path };
}

/** A folder that other months build on: throws a Refusal if a file of it is not what the manifest says. */
export async function openIntact(name: string, io: Io): Promise<ClosedFolder> {
  const folder = openFolder(name, io);
  const changes = await changesIn(folder, io);
  if (changes.length === 0) return folder;
  throw new Refusal(
    'usage',
    changes.map(({ file, what }) => ({
      severity: 'error',
      code: codesOf('close')('tampered'),
      source: { file: join(name, file) },
      message: what,
      hint: `take the folder from where it was kept unchanged; meter verify ${name} says more`,
    })),
  );
}

/** A file of a folder, and what is wrong with it. */
export type Finding = { readonly file: string; readonly what: string };

/** Files that are not what the manifest says, and the manifest if it is not what its digest says. */
export async function changesIn(folder: ClosedFolder, { signal }: Pick<Io, 'signal'>): Promise<Finding[]> {
  const { manifest, path, isIntact } = folder;
  const found: Finding[] = [];
  if (!isIntact) found.push({ file: MANIFEST_NAME, what: 'changed since the month was closed: its digest is another' });
  const listed = new Map((manifest.files ?? []).map((mark) => [mark.name, mark]));
  for (const [name, mark] of listed) {
    const file = join(path, name);
    if (!existsSync(file)) found.push({ file: name, what: 'missing' });
    else if ((await hashOf(file, signal)) !== mark.sha256)
      found.push({ file: name, what: 'changed since the month was closed' });
  }
  for (const name of filesIn(path)) {
    if (name !== MANIFEST_NAME && !listed.has(name)) found.push({ file: name, what: 'not a part of the closed month' });
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The name of a file of the folder, for whoever reads it by a name; undefined if it has none. `base`: `tiers`. */
export function inputOf({ manifest, name }: ClosedFolder, base: string): string | undefined {
  const found = manifest.files.find((mark) => mark.name.startsWith(`${base}.`));
  return found && join(name, found.name);
}

/** The price lists of a folder: one, or several that follow each other, by the names of their files. */
export function listsOf(folder: ClosedFolder): string[] {
  const several = folder.manifest.files.filter((mark) => mark.name.startsWith('tiers/'));
  return several.length > 0 ? several.map((mark) => join(folder.name, mark.name)) : [inputOf(folder, 'tiers')!];
}

export function originOf({ manifest, digest }: ClosedFolder): Origin {
  return { kind: manifest.kind, label: manifest.period.label, digest };
}

/** Flags of the manifest's options, as a run takes them. */
export function optionsOf({ options, period }: Manifest): Record<string, unknown> & { readonly period: string } {
  const { sampleRate, ...others } = options;
  const rate = sampleRate === undefined ? {} : { sampleRate: new Decimal(String(sampleRate)) };
  return { ...others, ...rate, period: period.label };
}

/** The hash of a file's content; undefined: it is damaged. */
async function hashOf(file: string, signal: AbortSignal): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    if (file.endsWith('.gz')) await pipeline(createReadStream(file), createGunzip(), hash, { signal });
    else await pipeline(createReadStream(file), hash, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
    return undefined;
  }
  return hash.digest('hex');
}

/** Files in a folder and those below it, with `/` between the parts of their names. */
function filesIn(path: string, before = ''): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name), `${before}${entry.name}/`) : [`${before}${entry.name}`],
  );
}
