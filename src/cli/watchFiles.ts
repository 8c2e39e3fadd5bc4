/** Runs something whenever one of some files changes, until it is told to stop. */
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Editors write a file in several steps: what comes within this time is one save. */
const SETTLE_MS = 20;

/**
 * Directories are watched, not files: most editors save by renaming a new file into place, and a watch on the old file
 * would go quiet. Only a changed content counts. Runs never overlap; changes during one lead to another after it.
 */
export async function watchFiles(
  paths: readonly string[],
  run: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const contents = new Map<string, string>();
  const read = async (path: string) => readFile(path, 'latin1').catch(() => '');
  for (const path of paths) contents.set(path, await read(path));
  const changed = async (): Promise<boolean> => {
    let any = false;
    for (const path of paths) {
      const content = await read(path);
      any ||= content !== contents.get(path);
      contents.set(path, content);
    }
    return any;
  };

  await new Promise<void>((resolve, reject) => {
    const watchers: FSWatcher[] = [];
    let timer: NodeJS.Timeout | undefined;
    let running = false;
    let again = false;
    const end = (finish: () => void) => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      finish();
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        if (running) {
          again = true;
          return;
        }
        running = true;
        try {
          if (await changed()) await run();
        } catch (error) {
          end(() => reject(error as Error));
        }
        running = false;
        if (again) soon();
        again = false;
      }, SETTLE_MS);
    };
    const names = new Set(paths.map((path) => basename(path)));
    for (const directory of new Set(paths.map((path) => dirname(path)))) {
      const watcher = watch(directory, (_event, name) => {
        if (name === null || names.has(name)) soon();
      });
      watcher.on('error', (error) => end(() => reject(error)));
      watchers.push(watcher);
    }
    if (signal.aborted) end(resolve);
    signal.addEventListener('abort', () => end(resolve), { once: true });
  });
}
