/** Cases about rows: which are counted, and what they add up to. */

export type RowsCase = {
  readonly id: string;
  readonly origin: string;
  /** A CSV export. */
  readonly csv: string;
  readonly rated: number;
  readonly rejected: number;
  /** Requests of customer `acme` in October 2026. */
  readonly requests: string;
};

export const ROWS_CASES: readonly RowsCase[] = [
  {
    id: 'dedup-004',
    origin: 'lago-api validate_creation_service_spec.rb:153',
    csv: `event_id,timestamp,customer_id,requests
a,2026-10-01T00:00:01Z,acme,1
a,2026-10-01T00:00:02Z,acme,1
`,
    rated: 1,
    rejected: 1,
    requests: '1',
  },
  {
    id: 'dedup-006',
    origin: 'openmeter, source and id are the key of an event',
    csv: `source,event_id,timestamp,customer_id,requests
edge-fra,1,2026-10-01T00:00:01Z,acme,1
edge-sin,1,2026-10-01T00:00:01Z,acme,1
`,
    rated: 2,
    rejected: 0,
    requests: '2',
  },
  {
    id: 'huge-003',
    origin: 'exact sum beyond 2^53',
    csv: `timestamp,customer_id,requests
2026-10-01T00:00:01Z,acme,9007199254740992
2026-10-01T00:00:02Z,acme,1
`,
    rated: 2,
    rejected: 0,
    requests: '9007199254740993',
  },
  {
    id: 'huge-006',
    origin: 'exact sum of decimals',
    csv: `timestamp,customer_id,requests
2026-10-01T00:00:01Z,acme,0.1
2026-10-01T00:00:02Z,acme,0.2
`,
    rated: 2,
    rejected: 0,
    requests: '0.3',
  },
];
