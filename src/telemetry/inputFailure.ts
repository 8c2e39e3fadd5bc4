/** Failure of an input as a whole. */
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { OutsideFault } from './outsideFault.ts';

type Named = { readonly name: string };

/** An input that cannot be read, or not to its end. */
export class InputFailure extends OutsideFault {
  constructor(source: { readonly name: string }, code: CodeOf<'input'>, message: string, hint?: string, line?: number) {
    super('input', {
      severity: 'error',
      code: codesOf('input')(code),
      source: { file: source.name, ...(line !== undefined && { line }) },
      message,
      ...(hint !== undefined && { hint }),
    });
  }
}

/** `how`: a clause that says what happened. */
export function changed(source: Named, how: string): InputFailure {
  const hint = 'run again when nobody writes to it';
  return new InputFailure(source, 'changed', `the file changed while it was read: ${how}`, hint);
}

/** Failure that a system call's error means to the user. */
export function readFailure(source: Named, error: unknown): InputFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const notFound = (why: string) => new InputFailure(source, 'not-found', why, 'check the path');
  switch (code) {
    case 'ENOENT':
      return notFound('there is no such file');
    case 'ENOTDIR':
      return notFound('there is no such file: a part of its path is not a directory');
    case 'ELOOP':
      return notFound('there is no such file: the links of its path lead back to themselves');
    case 'ENAMETOOLONG':
      return notFound('there is no such file: its name is too long for one');
    case 'EACCES':
    case 'EPERM':
      return new InputFailure(source, 'no-permission', 'it may not be read', 'check its permissions');
    case 'EISDIR':
      return new InputFailure(source, 'directory', 'it is a directory', 'name its files');
    case 'EMFILE':
    case 'ENFILE':
      return new InputFailure(
        source,
        'unreadable',
        'it cannot be opened: too many files are open',
        'raise the limit: ulimit -n 1024',
      );
    case 'ENXIO':
      return new InputFailure(
        source,
        'unreadable',
        'it is a socket or a device that cannot be opened',
        'name a file or a pipe',
      );
    default:
      return new InputFailure(source, 'unreadable', `it cannot be read to its end: ${message}`);
  }
}
