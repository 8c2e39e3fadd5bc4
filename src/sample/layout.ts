/** Text around the values of a row. */

/** `csv`: RFC 4180 with a header and LF line ends. `ndjson`: one JSON object a line, numbers as JSON numbers. */
export type SampleFormat = 'csv' | 'ndjson';

export const COLUMNS = [
  'timestamp',
  'event_id',
  'customer_id',
  'region',
  'route',
  'requests',
  'compute_seconds',
  'egress_bytes',
] as const;

export type Layout = {
  readonly header: string;
  /** For each column, what stands before its value. Nothing in a value ever needs quoting. */
  readonly before: Readonly<Record<(typeof COLUMNS)[number], string>>;
  readonly end: string;
};

export const LAYOUTS: Readonly<Record<SampleFormat, Layout>> = {
  csv: {
    header: `${COLUMNS.join(',')}\n`,
    before: {
      timestamp: '',
      event_id: ',',
      customer_id: ',',
      region: ',',
      route: ',',
      requests: ',',
      compute_seconds: ',',
      egress_bytes: ',',
    },
    end: '\n',
  },
  ndjson: {
    header: '',
    before: {
      timestamp: '{"timestamp":"',
      event_id: '","event_id":"',
      customer_id: '","customer_id":"',
      region: '","region":"',
      route: '","route":"',
      requests: '","requests":',
      compute_seconds: ',"compute_seconds":',
      egress_bytes: ',"egress_bytes":',
    },
    end: '}\n',
  },
};
