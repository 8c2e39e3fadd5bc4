/** The edge network of the sample: regions at which requests arrive, and routes that they ask for. */

/** `popularity` is relative to the other regions'. */
export type Region = { readonly name: string; readonly popularity: number };

/** `bytes` and `microseconds` are one request's egress and compute on average, before what is special to a customer. */
export type Route = {
  readonly path: string;
  readonly popularity: number;
  readonly bytes: number;
  readonly microseconds: number;
};

export const REGIONS: readonly Region[] = [
  { name: 'iad', popularity: 22 },
  { name: 'fra', popularity: 20 },
  { name: 'lhr', popularity: 12 },
  { name: 'sfo', popularity: 11 },
  { name: 'ams', popularity: 8 },
  { name: 'sin', popularity: 8 },
  { name: 'ord', popularity: 6 },
  { name: 'nrt', popularity: 5 },
  { name: 'syd', popularity: 4 },
  { name: 'gru', popularity: 4 },
];

export const ROUTES: readonly Route[] = [
  { path: '/v1/search', popularity: 20, bytes: 42_000, microseconds: 6_200 },
  { path: '/v1/users', popularity: 17, bytes: 4_300, microseconds: 1_500 },
  { path: '/v1/auth', popularity: 14, bytes: 1_200, microseconds: 2_100 },
  { path: '/v1/events', popularity: 13, bytes: 640, microseconds: 740 },
  { path: '/graphql', popularity: 10, bytes: 31_000, microseconds: 8_800 },
  { path: '/v1/feed', popularity: 9, bytes: 96_000, microseconds: 4_900 },
  { path: '/v1/images', popularity: 7, bytes: 270_000, microseconds: 12_500 },
  { path: '/v1/chat', popularity: 5, bytes: 23_000, microseconds: 31_000 },
  { path: '/v1/files', popularity: 3, bytes: 820_000, microseconds: 3_400 },
  { path: '/v1/geo', popularity: 2, bytes: 2_900, microseconds: 520 },
];
