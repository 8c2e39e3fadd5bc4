/**
 * The functions of the compiled kernel. Generated: `npm run build:debug && npx vitest run test/telemetry/kernel.test.ts -u`
 * writes this file, and the same test without `-u` fails if the kernel has other functions or arguments.
 */
export type KernelExports = {
  readonly countRows: (inside: i32, outside: i32) => void;
  readonly countWithin: (at: usize, slow: usize, rows: i32) => void;
  readonly noteWholeBucket: (place: f64, bucket: i32) => void;
  readonly ratedRows: () => f64;
  readonly rowsOutOfPeriod: () => f64;
  readonly setCurrentBucket: (bucket: i32, from: f64, until: f64) => void;
  readonly multiplyFields: (
    starts: usize,
    ends: usize,
    otherStarts: usize,
    otherEnds: usize,
    rows: i32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly writeInstants: (
    starts: usize,
    ends: usize,
    rows: i32,
    format: usize,
    formatBytes: u32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly markClass: (starts: usize, ends: usize, rows: i32, digit: u8, mask: usize) => void;
  readonly markLeftOut: (mask: usize, rows: i32, slow: usize, leftOut: usize) => i32;
  readonly markStarts: (rowStarts: usize, rows: i32, text: usize, length: u32, slow: usize) => void;
  readonly markTexts: (starts: usize, ends: usize, rows: i32, list: usize, count: u32, mask: usize) => void;
  readonly markThere: (starts: usize, ends: usize, rows: i32, mask: usize) => void;
  readonly requireMarks: (mask: usize, rows: i32, met: usize, isNegated: bool) => void;
  readonly setMarks: (marks: usize, rows: i32, slow: usize, mark: u8, ifPlain: bool) => void;
  readonly delimiterList: (columns: usize) => usize;
  readonly indexCsv: (columns: usize, from: usize, stop: usize, end: usize, line: i32, rows: i32) => i32;
  readonly linesBefore: (columns: usize) => i32;
  readonly listedRows: (columns: usize) => i32;
  readonly newCsvColumns: (delimiter: u8, fields: i32, rowStarts: usize, lines: usize, quotesCarry: bool) => usize;
  readonly nextRow: (columns: usize) => usize;
  readonly releaseCsvColumns: (columns: usize) => void;
  readonly useColumns: (columns: usize) => void;
  readonly wantField: (columns: usize, field: i32, starts: usize, ends: usize) => void;
  readonly addDistinct: (distinct: usize, present: usize, values: usize, meter: i32, rows: i32) => void;
  readonly addDistinctOne: (distinct: usize, record: usize, value: u32, meter: i32) => void;
  readonly clearDistinct: (distinct: usize) => void;
  readonly distinctCount: (distinct: usize) => u32;
  readonly distinctPairs: (distinct: usize) => usize;
  readonly newDistinct: () => usize;
  readonly eventBytes: () => usize;
  readonly findCandidates: (entries: usize, count: u32, pairs: usize) => u32;
  readonly initEvents: (bytes: f64, ownSeed: u64, otherSeed: u64) => void;
  readonly lastEventCount: (partition: u32) => u32;
  readonly lastEvents: (partition: u32) => usize;
  readonly listMarks: (entries: usize, count: u32, marks: usize) => u32;
  readonly logEvents: (
    idStarts: usize,
    idEnds: usize,
    sourceStarts: usize,
    sourceEnds: usize,
    rowStarts: usize,
    stride: u32,
    delta: u32,
    slow: usize,
    rows: i32,
    source: u32,
    base: f64,
  ) => i32;
  readonly releaseEvents: () => void;
  readonly blankFields: (starts: usize, ends: usize, rows: i32, mask: usize) => void;
  readonly chooseField: (
    starts: usize,
    ends: usize,
    otherStarts: usize,
    otherEnds: usize,
    rows: i32,
    outStarts: usize,
    outEnds: usize,
  ) => void;
  readonly clearFormTexts: () => void;
  readonly cutFields: (
    starts: usize,
    ends: usize,
    rows: i32,
    text: usize,
    length: u32,
    isBehind: bool,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly dropFields: (
    starts: usize,
    ends: usize,
    rows: i32,
    list: usize,
    count: u32,
    outStarts: usize,
    outEnds: usize,
  ) => void;
  readonly fillColumn: (start: usize, end: usize, rows: i32, outStarts: usize, outEnds: usize) => void;
  readonly joinFields: (
    columns: usize,
    count: u32,
    rows: i32,
    between: usize,
    betweenLength: u32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly keepFields: (starts: usize, ends: usize, rows: i32, mask: usize, outStarts: usize, outEnds: usize) => void;
  readonly labelsOf: (
    starts: usize,
    ends: usize,
    rows: i32,
    place: i32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly decodeInstants: (
    starts: usize,
    ends: usize,
    stride: u32,
    delta: u32,
    slow: usize,
    rows: i32,
    at: usize,
    nanoseconds: usize,
    unitsByDigits: usize,
    units: usize,
  ) => void;
  readonly sawNumericInstants: () => i32;
  readonly indexJson: (columns: usize, from: usize, stop: usize, end: usize, line: i32, rows: i32) => i32;
  readonly linesBeforeNext: (columns: usize) => i32;
  readonly newJsonColumns: (starts: usize, ends: usize, rowStarts: usize, lines: usize) => usize;
  readonly nextLine: (columns: usize) => usize;
  readonly oddRow: (columns: usize) => i32;
  readonly setPrefix: (columns: usize, pattern: usize, elements: u32) => void;
  readonly walkPaths: (columns: usize, paths: usize, pathCount: u32, slotCount: u32, hasLists: i32) => void;
  readonly wantFields: (
    columns: usize,
    keys: usize,
    keyCount: u32,
    fields: usize,
    words: u32,
    needsQuantity: i32,
  ) => void;
  readonly keepLatest: (
    quantities: usize,
    present: usize,
    meter: i32,
    at: usize,
    nanoseconds: usize,
    rows: i32,
  ) => void;
  readonly keepLatestOne: (record: usize, meter: i32, quantity: f64, ms: f64, nanoseconds: u32) => i32;
  readonly addBucket: () => i32;
  readonly addQuantities: (quantities: usize, meter: i32, rows: i32) => void;
  readonly addWideQuantities: (lows: usize, highs: usize, meter: i32, rows: i32) => void;
  readonly clearLedger: () => void;
  readonly countOne: (record: usize, which: i32) => void;
  readonly findRecord: (bucket: u32, series: u32) => usize;
  readonly findRecords: (at: usize, slow: usize, series: usize, rows: i32) => void;
  readonly initLedger: (meterCount: i32, traced: bool, widthMs: f64) => void;
  readonly raiseQuantities: (quantities: usize, meter: i32, rows: i32) => void;
  readonly raiseWideQuantities: (lows: usize, highs: usize, meter: i32, rows: i32) => void;
  readonly recordCount: () => u32;
  readonly recordsOfRows: () => usize;
  readonly slabAddresses: () => usize;
  readonly traceOne: (record: usize, meter: i32, ms: f64, nanoseconds: u32) => void;
  readonly traceQuantities: (
    quantities: usize,
    highs: usize,
    meter: i32,
    at: usize,
    nanoseconds: usize,
    rows: i32,
  ) => void;
  readonly widenRecords: () => void;
  readonly indexLogs: (columns: usize, from: usize, stop: usize, end: usize, line: i32, rows: i32) => i32;
  readonly newLogColumns: (rowStarts: usize, lines: usize, slow: usize) => usize;
  readonly nextLogLine: (columns: usize) => usize;
  readonly releaseLogColumns: (columns: usize) => void;
  readonly setLogFormats: (
    columns: usize,
    formats: usize,
    formatCount: u32,
    targets: usize,
    targetCount: u32,
    request: usize,
    marks: usize,
    markCount: u32,
  ) => void;
  readonly allocate: (bytes: usize) => usize;
  readonly bytesInUse: () => usize;
  readonly release: (block: usize, bytes: usize) => void;
  readonly matchFields: (
    starts: usize,
    ends: usize,
    rows: i32,
    pattern: usize,
    elements: u32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly countPresent: (starts: usize, ends: usize, stride: u32, delta: u32, rows: i32, out: usize) => void;
  readonly decodeQuantities: (
    starts: usize,
    ends: usize,
    stride: u32,
    delta: u32,
    slow: usize,
    rows: i32,
    scale: i32,
    canBeWide: bool,
    out: usize,
  ) => i32;
  readonly decodeWideQuantities: (
    starts: usize,
    ends: usize,
    stride: u32,
    delta: u32,
    slow: usize,
    rows: i32,
    lows: usize,
    highs: usize,
  ) => void;
  readonly hashRows: (
    rowStarts: usize,
    stride: u32,
    delta: u32,
    rows: i32,
    end: usize,
    key: u64,
    otherKey: u64,
    addresses: usize,
    hashes: usize,
  ) => void;
  readonly hashText: (start: usize, length: u32, key: u64, otherKey: u64, out: usize) => void;
  readonly judgeRows: (
    fields: usize,
    count: u32,
    at: usize,
    nanoseconds: usize,
    rowStarts: usize,
    stride: u32,
    delta: u32,
    slow: usize,
    rows: i32,
    key: u64,
    otherKey: u64,
    out: usize,
  ) => void;
  readonly sortByPosition: (entries: usize, count: u32) => void;
  readonly choose: (starts: usize, ends: usize, otherStarts: usize, otherEnds: usize, rows: i32, slow: usize) => void;
  readonly countSlow: (slow: usize, rows: i32) => i32;
  readonly markEmpty: (starts: usize, ends: usize, stride: u32, delta: u32, slow: usize, rows: i32) => void;
  readonly markMarks: (rowStarts: usize, stride: u32, delta: u32, slow: usize, rows: i32) => void;
  readonly markQuoted: (starts: usize, stride: u32, delta: u32, slow: usize, rows: i32) => void;
  readonly setExact: (exact: bool) => void;
  readonly setNothingWords: (isText: bool) => void;
  readonly initSeries: (size: u32) => void;
  readonly numberSeries: (columns: usize, rows: i32, out: usize) => void;
  readonly seriesCount: () => u32;
  readonly seriesTuples: () => usize;
  readonly clearInterner: (interner: usize) => void;
  readonly internColumn: (
    interner: usize,
    starts: usize,
    ends: usize,
    stride: u32,
    delta: u32,
    rows: i32,
    out: usize,
  ) => void;
  readonly newInterner: () => usize;
  readonly textArena: (interner: usize) => usize;
  readonly textCount: (interner: usize) => u32;
  readonly textHashes: (interner: usize) => usize;
  readonly textOffsets: (interner: usize) => usize;
  readonly sumRecords: (
    first: usize,
    records: u32,
    meters: u32,
    recordBytes: u32,
    seriesAt: u32,
    isMax: usize,
    rows: usize,
    rowsByBucket: usize,
    quantities: usize,
    highs: usize,
    events: usize,
  ) => void;
  readonly decodePercents: (
    starts: usize,
    ends: usize,
    rows: i32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
  readonly urlParts: (
    starts: usize,
    ends: usize,
    rows: i32,
    part: i32,
    outStarts: usize,
    outEnds: usize,
    slow: usize,
  ) => void;
};
