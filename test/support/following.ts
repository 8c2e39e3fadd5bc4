/** A run that follows its inputs, in the test's own process: what it has written so far, and its end. */

import { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { main } from '../../src/cli/main.ts';

export type Line = Readonly<Record<string, unknown>>;

/** Time after which a line that has not come never will: on a machine with too much to do it takes seconds. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export class Following {
  private readonly stdout = new Sink();
  private readonly stderr = new Sink();
  private readonly interruption = new AbortController();
  private readonly exit: Promise<number>;
  private code: number | undefined;

  constructor(args: readonly string[], { cwd, stdin = Readable.from([]) }: { cwd: string; stdin?: Readable }) {
    const { stdout, stderr } = this;
    const { signal } = this.interruption;
    const io = { stdin, stdout, stderr, env: {}, cwd, now: () => performance.now(), signal };
    this.exit = main(args, io).then((code) => {
      this.code = code;
      return code;
    });
  }

  get lines(): Line[] {
    return linesOf(this.stdout.text);
  }

  /** The lines, once there are so many. */
  async until(count: number): Promise<Line[]> {
    const begun = performance.now();
    while (this.lines.length < count) {
      if (this.code !== undefined) throw new Error(`ended with ${this.code}: ${this.stderr.text}`);
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`no ${count} lines, but ${this.stdout.text}`);
      await wait(LOOK_MS);
    }
    return this.lines;
  }

  /** Interrupts the run; its result. */
  async stop() {
    this.interruption.abort(new Error('interrupted'));
    return this.end();
  }

  async end() {
    const exitCode = await this.exit;
    return { exitCode, lines: this.lines, stderr: this.stderr.text };
  }
}

export function linesOf(text: string): Line[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
