/**
 * A billing run as threads hand it to each other: the texts of its files, which each thread reads again, and the ledger, which
 * lies in shared memory.
 */
import { type BillingRun, idsOf, issueInvoices, periodsOf } from '../core/invoice/billingRun.ts';
import type { Invoice } from '../core/invoice/invoice.ts';
import { SlabLedgerView } from '../telemetry/fast/ledger/slabLedgerView.ts';
import type { SharedLedger } from '../telemetry/fast/ledger/usageShard.ts';
import { loadTerms, type TermsOptions } from './billingTerms.ts';
import type { Ports } from './ports.ts';

/** Answers of ports, by what was asked. */
type RecordedInputs = {
  readonly texts: Map<string, string>;
  /** Names of files by the names and globs that stand for them. */
  readonly files: Map<string, readonly string[]>;
  tierFile: string | undefined;
};

export type SharedRun = {
  readonly options: TermsOptions;
  readonly record: RecordedInputs;
  readonly ledger: SharedLedger;
};

/** Customers that follow each other in a run; plain data. `places`: those of the ledger. */
export type Share = { readonly ids: readonly string[]; readonly places: Int32Array };

/** Ports that remember what terms were loaded from. */
export class RecordingPorts {
  private readonly record: RecordedInputs = { texts: new Map(), files: new Map(), tierFile: undefined };
  readonly ports: Ports;

  constructor(ports: Ports) {
    const { record } = this;
    this.ports = {
      ...ports,
      async readText(name) {
        const text = await ports.readText(name);
        record.texts.set(name, text);
        return text;
      },
      async sourcesOf(names) {
        const sources = await ports.sourcesOf(names);
        record.files.set(
          names.join('\n'),
          sources.map((source) => source.name),
        );
        return sources;
      },
      tierFileHere() {
        record.tierFile = ports.tierFileHere();
        return record.tierFile;
      },
    };
  }

  /** Has {@link sharedRunOf} know the run, whose terms were loaded through these ports. */
  remember(run: BillingRun, options: TermsOptions): void {
    SHARES.set(run, () => this.share(run, options));
  }

  /** Undefined unless the run is its terms and a ledger that threads can share, and nothing else. */
  private share(run: BillingRun, options: TermsOptions): SharedRun | undefined {
    const { ledger, opening, sample, hasCorrections, lastReadings } = run;
    if (!(ledger instanceof SlabLedgerView) || opening || sample || hasCorrections || lastReadings) return undefined;
    const { tiers, customers, tier, period, customer, exclude, timezone, trimIds } = options;
    return {
      options: {
        ...(tiers !== undefined && { tiers }),
        ...(customers !== undefined && { customers }),
        ...(tier !== undefined && { tier }),
        ...(period !== undefined && { period }),
        ...(customer !== undefined && { customer }),
        ...(exclude !== undefined && { exclude }),
        ...(timezone !== undefined && { timezone }),
        ...(trimIds !== undefined && { trimIds }),
      },
      record: this.record,
      ledger: ledger.share(),
    };
  }
}

/** Runs beside which it is kept how other threads come to them: nothing that users of the library see. */
const SHARES = new WeakMap<BillingRun, () => SharedRun | undefined>();

/** The run for other threads, which issue its invoices; undefined where they cannot. */
export function sharedRunOf(run: BillingRun): SharedRun | undefined {
  return SHARES.get(run)?.();
}

/** Shares of a run in its order, of about so many invoices each. */
export function* sharesOf(run: BillingRun, invoices: number): Generator<Share> {
  const ledger = run.ledger as SlabLedgerView;
  const ids = idsOf(run);
  const each = Math.max(1, Math.floor(invoices / Math.max(1, periodsOf(run, { anchor: 1 }).length)));
  for (let from = 0; from < ids.length; from += each) {
    const own = ids.slice(from, from + each);
    yield { ids: own, places: Int32Array.from(own, (id) => ledger.placeOf(id)) };
  }
}

/** The most invoices that a run can have: each of its customers in each of its periods. */
export function mostInvoices(run: BillingRun): number {
  return idsOf(run).length * mostOfOne(run);
}

/** The most invoices that one customer can have, all of which are in one share. */
export function mostOfOne(run: BillingRun): number {
  return periodsOf(run, { anchor: 1 }).length;
}

/** What another thread makes of a shared run: the invoices of one share after another. */
export async function openSharedRun({
  options,
  record,
  ledger,
}: SharedRun): Promise<(share: Share) => Iterable<Invoice>> {
  const view = new SlabLedgerView(ledger.added, ledger.retracted, ledger.options, ledger);
  const run: BillingRun = { ...(await loadTerms(options, replaying(record))), ledger: view };
  return ({ ids, places }) => {
    view.turnTo(ids, places);
    return issueInvoices(run, ids);
  };
}

function replaying({ texts, files, tierFile }: RecordedInputs): Ports {
  const nothing = () => undefined;
  const never = () => {
    throw new Error('a thread that issues invoices reads no exports');
  };
  return {
    signal: new AbortController().signal,
    readText: async (name) => texts.get(name)!,
    sourcesOf: async (names) => files.get(names.join('\n'))!.map((name) => ({ kind: 'file', name, path: name })),
    tierFileHere: () => tierFile,
    beforeReading: nothing,
    read: never,
    say: nothing,
    warn: nothing,
    during: never,
  };
}
