/** The file that a name of an output stands for. */
import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The path that is reached when all links are followed, be it to a file that is not there yet. */
export function targetOf(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return path; // is told when it is used
  }
  try {
    if (links < MOST_LINKS && !isThere(path)) return targetOf(resolve(dirname(path), readlinkSync(path)), links + 1);
  } catch {
    // no link
  }
  return path;
}

const MOST_LINKS = 40;

/** Pipes that `/dev/stdout` leads to are there, though no path leads to them. */
export function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
