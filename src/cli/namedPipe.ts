/** A named pipe as a stream: opened when it is first read, so that the pipes of a run are read one after another. */
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** The file descriptor that a path such as `/dev/fd/63` stands for. */
const OWN_DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

export class NamedPipe extends Readable {
  private readonly path: string;
  private socket: Socket | undefined;

  constructor(path: string) {
    super({ highWaterMark: 1 << 20 });
    this.path = path;
  }

  override _read(): void {
    if (this.socket) this.socket.resume();
    else this.open();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket?.destroy();
    done(error);
  }

  private open(): void {
    // A shell's pipe (`<(…)`) is read where the shell has opened it: opened again, it would have no end if its writer has
    // gone. Others are opened without waiting for a writer, which would block a thread that nothing can interrupt.
    const own = OWN_DESCRIPTOR.exec(this.path);
    let fd: number | undefined;
    try {
      fd = own ? Number(own[1]) : openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
      this.socket = new Socket({ fd, readable: true, writable: false });
    } catch (error) {
      if (fd !== undefined && !own) closeSync(fd);
      this.destroy(error as Error);
      return;
    }
    this.socket.on('data', (chunk) => {
      if (!this.push(chunk)) this.socket!.pause();
    });
    this.socket.on('end', () => this.push(null));
    this.socket.on('error', (error) => this.destroy(error));
  }
}
