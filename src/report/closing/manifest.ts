/** The manifest of a closed month: what it was made of, and what belongs to it, with hashes. */
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import type { NumberSeries } from './numbers.ts';

/** `sha256` in hexadecimal digits. Of a file of the folder with `.gz`, both are of what is compressed. */
export type FileMark = { readonly name: string; readonly bytes: number; readonly sha256: string };

export type Manifest = {
  readonly formatVersion: string;
  readonly kind: 'close' | 'restatement';
  /** Version of `meter`. */
  readonly meter: string;
  /** `label`: `2026-10`. */
  readonly period: { readonly label: string; readonly start: string; readonly end: string };
  readonly timezone: string;
  readonly currency: string;
  /** The close or restatement whose balances it begins with; null: it begins without. */
  readonly previous: Origin | null;
  /** What a restatement is the difference to; absent for a close. */
  readonly restates?: Origin;
  /** By their names without directories, in the order in which they were read. */
  readonly exports: readonly FileMark[];
  /** Flags that decide how exports are read and billed. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Lookup files, by the names that the mapping has for them: their names in the folder. Absent: it names none. */
  readonly lookups?: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, number>>;
  readonly totals: Readonly<Record<string, unknown>>;
  readonly numbers: { readonly invoices: NumberSeries; readonly notes: NumberSeries };
  /** Why the month cannot be rated again without its exports; absent: it can. */
  readonly needsExports?: string;
  /** Every other file of the folder. */
  readonly files: readonly FileMark[];
};

/** `digest`: of its manifest. */
export type Origin = { readonly kind: Manifest['kind']; readonly label: string; readonly digest: string };

export const MANIFEST_NAME = 'manifest.json';

type Hash = (text: string) => string;

/** The text of the file. Its last field is a hash of all others. */
export function manifestJson(manifest: Manifest, hash: Hash): string {
  return `${safeJson({ ...manifest, digest: digestOf(manifest, hash) }, 2)}\n`;
}

export function digestOf(manifest: Manifest, hash: Hash): string {
  return hash(safeJson(manifest));
}

/** A manifest as it was read: `isIntact` is false if it is not what its digest says. */
export type SavedManifest = { readonly manifest: Manifest; readonly digest: string; readonly isIntact: boolean };

export function readManifest(
  text: string,
  name: string,
  hash: Hash,
): { readonly saved?: SavedManifest; readonly problems: readonly Problem[] } {
  const problem = (code: CodeOf<'close'>, message: string, hint: string) => ({
    problems: [{ severity: 'error', code: codesOf('close')(code), source: { file: name }, message, hint } as const],
  });
  let read: Manifest & { readonly digest?: unknown };
  try {
    read = JSON.parse(text) as typeof read;
  } catch (error) {
    const why = `the manifest is not JSON: ${(error as Error).message}`;
    return problem('damaged', why, 'take the closed month from where it was kept unchanged');
  }
  if (read?.kind !== 'close' && read?.kind !== 'restatement')
    return problem('not-closed', 'this is no manifest of a closed month', 'close a month with meter close');
  if (!/^1\./.test(String(read.formatVersion)))
    return problem('unknown-version', `format version ${read.formatVersion} is not known`, `use meter ${read.meter}`);
  const { digest, ...manifest } = read;
  const isIntact = digest === digestOf(manifest, hash);
  return { saved: { manifest, digest: String(digest), isIntact }, problems: [] };
}

export function newManifest(fields: Omit<Manifest, 'formatVersion'>): Manifest {
  return { formatVersion: FORMAT_VERSION, ...fields };
}
