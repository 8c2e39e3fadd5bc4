/** Compression of files: a third of the time of gzip's default, and a fifth larger. */
export const GZIP = { level: 3, chunkSize: 1 << 16 } as const;
