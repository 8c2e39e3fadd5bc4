import { safeJson } from '../report/safeText.ts';
import type { Reject } from '../telemetry/reader.ts';
import { FAULTS } from '../telemetry/row.ts';
import type { Io } from './io.ts';
import { AtomicFile } from './output.ts';

/** Pieces of about this many characters are written at once. */
const PIECE = 1 << 16;

/** Rejected rows in full, one JSON object a line, so that they can be repaired and read again. Any number of them fits. */
export class RejectsFile {
  private readonly file: AtomicFile;
  private lines: string[] = [];
  private length = 0;

  constructor(io: Io, name: string) {
    this.file = new AtomicFile(io, name);
  }

  /** Before the first {@link add}. */
  async begin(): Promise<void> {
    await this.file.begin();
  }

  add(reject: Reject): void {
    const json = rejectLine(reject);
    this.lines.push(json);
    this.length += json.length;
    if (this.length >= PIECE) this.flush();
  }

  async commit(): Promise<void> {
    this.flush();
    await this.file.commit();
  }

  async discard(): Promise<void> {
    await this.file.discard();
  }

  private flush(): void {
    this.file.writeNow(this.lines.join(''));
    this.lines = [];
    this.length = 0;
  }
}

/** A rejected row as a line of JSON. */
export function rejectLine({ file, line, code, column, text, detail, raw }: Reject): string {
  return `${safeJson({ file, line, reason: code, message: FAULTS[code], column, text, detail, raw })}\n`;
}
