/**
 * The kernel of the fast reader: the loops over every byte and every row. It is written in AssemblyScript, TypeScript's
 * syntax over WebAssembly's types: names of files have no ending, addresses are `usize`, and `load` and `store` go to memory
 * that the reader sees as well. Everything is one instance's own; functions are called with addresses in its memory.
 */

export {
  countRows,
  countWithin,
  noteWholeBucket,
  ratedRows,
  rowsOutOfPeriod,
  setCurrentBucket,
} from './buckets';
export { multiplyFields, writeInstants } from './computed';
export { markClass, markLeftOut, markStarts, markTexts, markThere, requireMarks, setMarks } from './conditions';
export {
  delimiterList,
  indexCsv,
  linesBefore,
  listedRows,
  newCsvColumns,
  nextRow,
  releaseCsvColumns,
  useColumns,
  wantField,
} from './csv';
export { addDistinct, addDistinctOne, clearDistinct, distinctCount, distinctPairs, newDistinct } from './distinct';
export {
  eventBytes,
  findCandidates,
  initEvents,
  lastEventCount,
  lastEvents,
  listMarks,
  logEvents,
  releaseEvents,
} from './events';
export {
  blankFields,
  chooseField,
  clearFormTexts,
  cutFields,
  dropFields,
  fillColumn,
  joinFields,
  keepFields,
  labelsOf,
} from './forms';
export { decodeInstants, sawNumericInstants } from './instants';
export { indexJson, linesBeforeNext, newJsonColumns, nextLine, oddRow, setPrefix, walkPaths, wantFields } from './json';
export { keepLatest, keepLatestOne } from './latest';
export {
  addBucket,
  addQuantities,
  addWideQuantities,
  clearLedger,
  countOne,
  findRecord,
  findRecords,
  initLedger,
  raiseQuantities,
  raiseWideQuantities,
  recordCount,
  recordsOfRows,
  slabAddresses,
  traceOne,
  traceQuantities,
  widenRecords,
} from './ledger';
export { indexLogs, newLogColumns, nextLogLine, releaseLogColumns, setLogFormats } from './logs';
export { allocate, bytesInUse, release } from './memory';
export { matchFields } from './patterns';
export { countPresent, decodeQuantities, decodeWideQuantities } from './quantities';
export { hashRows, hashText, judgeRows, sortByPosition } from './reviews';
export { choose, countSlow, markEmpty, markMarks, markQuoted, setExact, setNothingWords } from './rows';
export { initSeries, numberSeries, seriesCount, seriesTuples } from './series';
export { clearInterner, internColumn, newInterner, textArena, textCount, textHashes, textOffsets } from './texts';
export { sumRecords } from './totals';
export { decodePercents, urlParts } from './urls';
