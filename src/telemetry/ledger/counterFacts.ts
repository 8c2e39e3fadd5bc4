/** Facts about counters as a ledger's accounting has them: they are known while rows are read, and told by each run. */
import { Decimal } from '../../core/decimal.ts';
import type { CounterReport } from '../../core/usage/counters/book.ts';
import { FINDING_KINDS, type Finding } from '../../core/usage/counters/findings.ts';
import type { KnownReading, SeriesName } from '../../core/usage/counters/series.ts';
import { BadRecord, count, type Fields, fieldsOf, listOf, nanoseconds, quantity, textOf } from './fields.ts';

export function countersObject({ counters, baselines, resets, findings, closing }: CounterReport) {
  return {
    ...{ counters, baselines, resets },
    findings: findings.map(({ kind, name, from, to }) => ({
      ...{ kind, ...nameObject(name), from: String(from), to: String(to) },
    })),
    closing: closing.map(({ at, start, value, ...name }) => ({
      ...nameObject(name),
      ...{ at: String(at), ...(start !== undefined && { start: String(start) }), value: value.toFixed() },
    })),
  };
}

function nameObject({ customer, meter, dimensions, series }: SeriesName): SeriesName {
  return { customer, meter, dimensions, series };
}

export function parseCounters(value: unknown): CounterReport {
  const { counters, baselines, resets, findings, closing } = fieldsOf(value, 'counters');
  return {
    counters: count(counters, 'counters'),
    baselines: count(baselines, 'baselines'),
    resets: count(resets, 'resets'),
    findings: listOf(findings, 'findings', parseFinding),
    closing: listOf(closing, 'closing', parseReading),
  };
}

function parseFinding(value: unknown): Finding {
  const fields = fieldsOf(value, 'a finding');
  const kind = FINDING_KINDS.find((one) => one === fields.kind);
  if (!kind) throw new BadRecord(`"${String(fields.kind)}" is no kind of finding`);
  return { kind, name: parseName(fields), from: nanoseconds(fields.from, 'from'), to: nanoseconds(fields.to, 'to') };
}

function parseReading(value: unknown): KnownReading {
  const fields = fieldsOf(value, 'a reading');
  return {
    ...parseName(fields),
    at: nanoseconds(fields.at, 'at'),
    ...(fields.start !== undefined && { start: nanoseconds(fields.start, 'start') }),
    value: new Decimal(quantity(fields.value, 'value')),
  };
}

function parseName({ customer, meter, dimensions, series }: Fields): SeriesName {
  return {
    customer: textOf(customer, 'customer'),
    meter: textOf(meter, 'meter'),
    dimensions: textsOf(dimensions, 'dimensions'),
    series: textsOf(series, 'series'),
  };
}

function textsOf(value: unknown, what: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(value, what)).map(([name, text]) => [name, textOf(text, what)]));
}
