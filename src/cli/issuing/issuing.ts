/**
 * Issues the invoices of a run on several threads. Each makes the text of shares of customers, and this thread puts the shares
 * together in their order, so that the bytes are those that one thread writes.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Share, type SharedRun, sharesOf } from '../../app/sharedRun.ts';
import { type BillingRun, issueInvoices } from '../../core/invoice/billingRun.ts';
import { PIECED_FORMATS, type PiecedFormatName, pieceMaker } from '../../report/invoice/pieces.ts';
import { type InvoiceReport, type PieceTerms, Totals, type TotalsPart } from '../../report/invoice/report.ts';
import type { IssueAnswer, IssueRequest, IssuingJob } from './worker.ts';

/** Invoices of one share: about 10 ms of work. */
const SHARE = 256;
/** Shares that a thread has at hand, so that it never waits for the next one. */
const AHEAD = 3;

/** Threads run compiled code: from the sources that is the last build. In the program's bundle it has a name of its own. */
const WORKER = new URL(
  import.meta.url.includes('/bundle/') ? './issuingWorker.js' : './worker.js',
  import.meta.url.replace('/src/cli/', '/dist/cli/'),
);

export type Issuing = {
  readonly format: PiecedFormatName;
  readonly run: BillingRun;
  readonly shared: SharedRun;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called with the number of invoices that were issued, before their text is given out. */
  readonly onIssued: (count: number) => void;
};

/** The result as text, from its begin to its end. */
export async function* issuedOnThreads(
  report: Omit<InvoiceReport, 'invoices'>,
  issuing: Issuing,
): AsyncGenerator<string | Uint8Array> {
  const { head, between, end } = PIECED_FORMATS[issuing.format];
  const totals = new Totals();
  yield* head(report);
  for await (const part of partsOf(issuing, report)) {
    const isFirst = totals.invoices === 0;
    totals.addPart(part.totals);
    if (part.totals.invoices === 0) continue;
    issuing.onIssued(totals.invoices);
    if (!isFirst && between !== '') yield between;
    yield part.text;
  }
  yield* end(report, totals);
}

type Part = { readonly text: string | Uint8Array; readonly totals: TotalsPart };

/** The parts in order. Few are ahead of those that were given out, so that a slow reader of the result fills no memory. */
async function* partsOf(issuing: Issuing, report: PieceTerms): AsyncGenerator<Part> {
  const { run, threads, format, signal } = issuing;
  const { explain, timezone, hasPriceLists } = report;
  const terms = { explain, timezone, hasPriceLists };
  const piecesOf = pieceMaker(format, terms);
  const shares = new Shares(sharesOf(run, SHARE));
  const done = new Map<number, Part>();
  const helpers = startHelpers(threads - 1, { shared: issuing.shared, format, terms });
  const bell = new Bell(signal);
  const takeBack = (number: number, share: Share) => shares.giveBack(number, share);
  for (const helper of helpers) helper.listen({ onPart: (number, part) => done.set(number, part), takeBack, bell });
  try {
    for (let next = 0; ; ) {
      signal.throwIfAborted();
      const mayTake = () => shares.taken - next < (helpers.length + 1) * AHEAD * 2;
      for (const helper of helpers) while (helper.hasRoom && mayTake() && shares.has()) helper.give(shares.take());
      const part = done.get(next);
      if (part) {
        done.delete(next++);
        yield part;
      } else if (shares.hasReturned || (shares.has() && mayTake())) {
        const { number, share } = shares.take();
        done.set(number, piecesOf(issueInvoices(run, share.ids)));
        await nextTurn(); // answers of the others come in
      } else if (next === shares.taken) return;
      else await bell.rung();
    }
  } finally {
    await Promise.all(helpers.map((helper) => helper.dismiss()));
  }
}

/** Numbered shares; one that a thread did not come to is taken again. */
class Shares {
  taken = 0;
  private readonly source: Iterator<Share>;
  private next: IteratorResult<Share>;
  private readonly returned: IssueRequest[] = [];

  constructor(source: Iterator<Share>) {
    this.source = source;
    this.next = source.next();
  }

  get hasReturned(): boolean {
    return this.returned.length > 0;
  }

  has(): boolean {
    return this.hasReturned || !this.next.done;
  }

  take(): IssueRequest {
    const before = this.returned.pop();
    if (before) return before;
    const share = this.next.value as Share;
    this.next = this.source.next();
    return { number: this.taken++, share };
  }

  giveBack(number: number, share: Share): void {
    this.returned.push({ number, share });
  }
}

/** Wakes the one who waits for something to happen. */
class Bell {
  private ring = () => {};
  private waiting: Promise<void> | undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.strike(), { once: true });
  }

  strike(): void {
    this.ring();
    this.waiting = undefined;
  }

  rung(): Promise<void> {
    this.waiting ??= new Promise((resolve) => {
      this.ring = resolve;
    });
    return this.waiting;
  }
}

type Listener = {
  readonly onPart: (number: number, part: Part) => void;
  readonly takeBack: (number: number, share: Share) => void;
  readonly bell: Bell;
};

/** So many threads, or as many as the system has to give. */
function startHelpers(count: number, job: IssuingJob): Helper[] {
  const helpers: Helper[] = [];
  try {
    while (helpers.length < count) helpers.push(new Helper(job));
  } catch {
    // so many, then
  }
  return helpers;
}

class Helper {
  private readonly worker: Worker;
  private readonly given = new Map<number, Share>();
  private isGone = false;

  constructor(job: IssuingJob) {
    this.worker = new Worker(WORKER, { execArgv: [], workerData: job });
  }

  /** A thread that fails gives its shares back: made here, they come out right, or fail with the reason. */
  listen({ onPart, takeBack, bell }: Listener): void {
    this.worker.on('message', ({ number, text, totals }: IssueAnswer) => {
      this.given.delete(number);
      onPart(number, { text, totals });
      bell.strike();
    });
    this.worker.once('error', () => {
      this.isGone = true;
      for (const [number, share] of this.given) takeBack(number, share);
      this.given.clear();
      bell.strike();
    });
  }

  get hasRoom(): boolean {
    return !this.isGone && this.given.size < AHEAD;
  }

  give(request: IssueRequest): void {
    this.given.set(request.number, request.share);
    this.worker.postMessage(request);
  }

  async dismiss(): Promise<void> {
    await this.worker.terminate();
  }
}
