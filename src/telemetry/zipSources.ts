/** Files of a run; of a ZIP archive the exports that it holds, each a source of its own. */
import { fileStateOf } from './fileState.ts';
import type { Source } from './source.ts';
import { entriesOf } from './zipDirectory.ts';

type FileSource = Extract<Source, { kind: 'file' }>;

/** Signatures with which an archive begins: that of its first entry or, in an empty one, of its end. */
const SIGNATURES = ['PK\x03\x04', 'PK\x05\x06'];

/**
 * The file as a source or, if it is an archive, those of its entries whose names `takes` accepts. Throws an InputFailure if
 * the archive cannot be read.
 */
export function fileSources(name: string, path: string, takes: (entry: string) => boolean = () => true): FileSource[] {
  const source: FileSource = { kind: 'file', name, path, seen: fileStateOf(path) };
  if (!isArchive(source)) return [source];
  return entriesOf(source, path)
    .filter((entry) => takes(entry.name))
    .map((entry) => ({ ...source, name: `${name}/${entry.name}`, entry }));
}

function isArchive({ seen }: FileSource): boolean {
  return seen !== undefined && SIGNATURES.includes(Buffer.from(seen.sample.subarray(0, 4)).toString('latin1'));
}
