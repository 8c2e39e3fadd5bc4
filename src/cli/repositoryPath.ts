/** Names of files as GitHub's annotations need them: from the repository's root. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * The file's path from the root of its repository, with `/` between its parts. The root is the nearest folder upwards that
 * holds `.git`, else `workspace` (`GITHUB_WORKSPACE`). A file outside of both keeps its name, as does what is no file (`standard input`). `file` is relative to `cwd`.
 */
export function repositoryPath(
  file: string,
  { cwd, workspace }: { cwd: string; workspace?: string | undefined },
): string {
  const path = resolve(cwd, file);
  if (!existsSync(path)) return file;
  const root = workspace === undefined || workspace === '' ? undefined : resolve(cwd, workspace);
  for (const known of [path, realPath(path)]) {
    const found =
      topLevel(dirname(known), root) ?? (root && [root, realPath(root)].find((one) => isWithin(known, one)));
    if (found) return relative(found, known).split(sep).join('/');
  }
  return file;
}

/** The nearest folder that holds `.git`; a checkout's own root is not searched beyond `highest`. */
function topLevel(folder: string, highest: string | undefined): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return folder === above || folder === highest ? undefined : topLevel(above, highest);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Without links; a folder that is not there keeps its path. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
