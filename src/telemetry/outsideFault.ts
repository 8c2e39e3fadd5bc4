/** Faults that lie neither in the program nor in the rows: files, disks, memory, limits of the system. */
import type { Problem } from '../core/problem.ts';

/**
 * Ends a run. `input`: a source cannot be read to its end. `system`: the run lacks something that the system has to give,
 * such as room in the temporary directory.
 */
export class OutsideFault extends Error {
  readonly origin: 'input' | 'system';
  readonly problem: Problem;

  constructor(origin: 'input' | 'system', problem: Problem) {
    super(problem.message);
    this.origin = origin;
    this.problem = problem;
  }
}

/** Looks at the shape, not at the class: each bundle has a copy of the class. */
function isOutsideFault(error: unknown): error is OutsideFault {
  return error instanceof Error && 'problem' in error && 'origin' in error;
}

/** Codes of system calls and of Node that mean that a limit of the system is reached. */
const LIMITS: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  EMFILE: { message: 'this process may not open more files', hint: 'raise the limit: ulimit -n 1024' },
  ENFILE: { message: 'the system has no more open files to give', hint: 'end other programs, or raise its limit' },
  ENOMEM: { message: 'the system has no more memory to give', hint: 'end other programs, or use --threads 1' },
  EAGAIN: { message: 'the system has no more threads to give', hint: 'raise the limit (ulimit -u)' },
  ENOSPC: { message: 'a disk or a limit of the system is full', hint: 'make room, or raise the limit' },
  ERR_WORKER_OUT_OF_MEMORY: {
    message: 'the memory is used up',
    hint: 'use --threads 1, or NODE_OPTIONS=--max-old-space-size=4096',
  },
};

const OUT_OF_MEMORY = {
  message: 'the memory that this process may have is used up',
  hint: 'raise its limit (ulimit -v), use --threads 1, or read fewer exports at a time',
};

/** The fault of the system that an error stands for; undefined if it is another kind of error. */
export function systemFault(error: unknown): OutsideFault | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isOutsideFault(error)) return error;
  const { code = '', path } = error as NodeJS.ErrnoException;
  const limit = isOutOfMemory(error) ? OUT_OF_MEMORY : Object.hasOwn(LIMITS, code) ? LIMITS[code] : undefined;
  if (!limit) return undefined;
  const source = path === undefined ? {} : { source: { file: path } };
  return new OutsideFault('system', { severity: 'error', code: 'system/limit', ...source, ...limit });
}

/** `unreachable`: the kernel stops there when it gets no memory, and nowhere else (src/kernel/memory.ts). */
function isOutOfMemory({ name, message }: Error): boolean {
  if (name === 'RangeError')
    return /could not allocate memory|allocation failed|Invalid array buffer length/i.test(message);
  return name === 'RuntimeError' && message === 'unreachable';
}
