/** The files that a glob finds, without leaving out in silence what cannot be looked at. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type FileSystemAdapter, glob, isDynamicPattern } from 'tinyglobby';
import { readFailure } from '../telemetry/inputFailure.ts';

export { isDynamicPattern };

/**
 * Names relative to `cwd`, sorted. Named pipes are found like files, and links that lead nowhere too: whoever reads them
 * says what is the matter. Fails with an InputFailure where a directory cannot be listed: it may hold what is asked for.
 */
export async function filesMatching(pattern: string, cwd: string): Promise<string[]> {
  let failure: Error | undefined;
  // Both the types of `fs.readdir` and the library's have overloads; what it calls is `readdir(path, options, callback)`.
  const readdir = (path: string, options: { withFileTypes: true }, done: Listed): void => {
    fs.readdir(path, options, (error, entries) => {
      if (error) failure ??= readFailure({ name: path }, error);
      else for (const entry of entries) if (isForReaders(join(path, entry.name), entry)) takeForFile(entry);
      done(error, entries);
    });
  };
  const adapter = { readdir } as unknown as FileSystemAdapter;
  const names = await glob(pattern, { cwd, fs: adapter });
  if (failure) throw failure;
  return names.sort();
}

type Listed = (error: Error | null, entries: fs.Dirent[]) => void;

function isForReaders(path: string, entry: fs.Dirent): boolean {
  return entry.isFIFO() || (entry.isSymbolicLink() && !leadsToFileOrDirectory(path));
}

function leadsToFileOrDirectory(path: string): boolean {
  try {
    const status = fs.statSync(path);
    return status.isFile() || status.isDirectory();
  } catch {
    return false;
  }
}

function takeForFile(entry: fs.Dirent): void {
  entry.isFile = () => true;
  entry.isSymbolicLink = () => false;
}
