/** Runs the program inside the test: its own streams, its own clock, nothing of this machine. */

import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type RunOptions = {
  readonly stdin?: string | Uint8Array | Readable;
  /** Default: the root of the repository. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Whether standard output and standard error are terminals. */
  readonly isTTY?: boolean;
  readonly signal?: AbortSignal;
  /** Time that passes between one look at the clock and the next; default: ten milliseconds. */
  readonly tickMs?: number;
  /** Called with each text on standard error. */
  readonly heard?: (text: string) => void;
  /** Another build of the program. */
  readonly main?: typeof main;
};

export type RunResult = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

export async function runMeter(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [stdout, stderr] = [new Sink(options), new Sink(options, options.heard)];
  const { tickMs = 10 } = options;
  let ticks = 0;
  const io: Io = {
    stdin: streamOf(options.stdin ?? ''),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd ?? ROOT,
    now: () => tickMs * ticks++,
    signal: options.signal ?? new AbortController().signal,
  };
  const exitCode = await (options.main ?? main)(args, io);
  return { stdout: stdout.text, stderr: stderr.text, exitCode };
}

class Sink extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  private readonly chunks: Buffer[] = [];
  private readonly heard: RunOptions['heard'];

  constructor({ isTTY, columns }: RunOptions, heard?: RunOptions['heard']) {
    super();
    this.heard = heard;
    if (isTTY) this.isTTY = true;
    if (columns !== undefined) this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(Buffer.from(chunk)); // a copy: the writer may use its memory again
    this.heard?.(chunk.toString('utf8'));
    done();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

function streamOf(input: string | Uint8Array | Readable): Readable {
  return input instanceof Readable ? input : Readable.from([Buffer.from(input)].filter((bytes) => bytes.length > 0));
}
