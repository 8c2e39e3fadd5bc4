/**
 * The one source of what the kernel and the fast reader must agree about: constants, and the layout of what lies in the memory
 * that both see. AssemblyScript compiles this file into the kernel, and TypeScript into the reader (with the names
 * of types in telemetry/fast/kernelTypes.ts), so it holds nothing but constants and arithmetic on whole numbers. Signatures of
 * the kernel's functions are not in it: telemetry/fast/kernelExports.ts is generated from the compiled kernel, and host.ts
 * declares what the kernel imports.
 *
 * Offsets ending in `_AT` are in bytes from the begin of what they belong to.
 */

// Blocks of memory

/** Bytes between arrays: those that begin at equal offsets of different pages push each other out of the processor's cache. */
export const CACHE_LINE: i32 = 64;
/** Bytes that may be read beyond the end of any text, because words are read whole. */
export const SLACK: i32 = 64;

// Batches of rows

/** Rows of a batch at most: enough to keep loops hot, few enough for all columns to stay in the processor's cache. */
export const BATCH_ROWS: i32 = 1024;
/** Bytes from the begin of one column of field starts or ends to the begin of the next. */
export const COLUMN_BYTES: i32 = BATCH_ROWS * 4 + CACHE_LINE;
/** Mark of a row that is not of the common form, in an array of one byte a row. */
export const SLOW: u8 = 1;
/** In its place, of a row that the conditions of a mapping leave out. */
export const LEFT_OUT: u8 = 2;
/** Added to the index of a unit of time, for a number of so many digits that it may be a date. */
export const MAY_BE_DATE: u8 = 4;

// Keys and fields of NDJSON that are looked for

/**
 * A key: the number of the key whose value is the object that it stands in ({@link LINE_KEY} for the line's own object), the
 * address of its name, and the bytes of that (u32 each). Keys have the numbers from 1 in the order of their list.
 */
export const KEY_ENTRY_WORDS: i32 = 3;
export const LINE_KEY: i32 = 0;
/**
 * A field: its column + 1, or 0 if it only has to be a text or a number; its kind; how many names it may have
 * (u32 each). Then {@link FIELD_NAME_WORDS} for each name: the number of the key with that name, the number of the key at
 * the end of the name read as a path, or 0; and how many of the names that follow are this one, to be looked for further out.
 */
export const FIELD_COLUMN_AT: i32 = 0;
export const FIELD_KIND_AT: i32 = 4;
export const FIELD_NAMES_AT: i32 = 8;
export const FIELD_HEAD_WORDS: i32 = 3;
export const FIELD_NAME_WORDS: i32 = 3;
export const FURTHER_OUT_AT: i32 = 8;
/** Kinds of fields: a text or a number, one that a row needs some of, and anything, of which an object or a list begins and ends at 0. */
export const TEXT_FIELD: u32 = 0;
export const QUANTITY_FIELD: u32 = 1;
export const CONDITION_FIELD: u32 = 2;

// Lines of NDJSON with a row for each value at the end of a path

/** A path: the begin and the end of its steps, and of its fields, whose keys are numbers of slots (addresses). */
export const PATH_WORDS: i32 = 4;
export const PATH_OPS_AT: i32 = 0;
export const PATH_OPS_END_AT: i32 = 4;
export const PATH_FIELDS_AT: i32 = 8;
export const PATH_FIELDS_END_AT: i32 = 12;
/**
 * A step: its kind; a slot; of {@link COLLECT} how many slots there are from that one on, and the node of what is wanted; of
 * {@link EVERY_ENTRY} the entry that it is at, and where that ends, both 0 if that is not known.
 */
export const OP_WORDS: i32 = 6;
export const OP_KIND_AT: i32 = 0;
export const OP_SLOT_AT: i32 = 4;
export const OP_COUNT_AT: i32 = 8;
export const OP_NODE_AT: i32 = 12;
export const OP_CURSOR_AT: i32 = 16;
export const OP_END_AT: i32 = 20;
/** Kinds of steps: to the value in a slot; to every entry of a list; values are looked for in the one that was reached. */
export const ENTER: u32 = 0;
export const EVERY_ENTRY: u32 = 1;
export const COLLECT: u32 = 2;
/** A node: the number of its edges, and a bit for the length of each wanted key, modulo 32. Its edges follow. */
export const NODE_HEAD_WORDS: i32 = 2;
export const NODE_LENGTHS_AT: i32 = 4;
/**
 * An edge: its kind; the address and length of a key, or the place of an entry; the address and length of the text that the key
 * has in an entry; the slot of the value, or 0; the node of what is wanted in it, or 0.
 */
export const EDGE_WORDS: i32 = 7;
export const EDGE_KIND_AT: i32 = 0;
export const EDGE_NAME_AT: i32 = 4;
export const EDGE_LENGTH_AT: i32 = 8;
export const EDGE_TEXT_AT: i32 = 12;
export const EDGE_TEXT_LENGTH_AT: i32 = 16;
export const EDGE_SLOT_AT: i32 = 20;
export const EDGE_CHILD_AT: i32 = 24;
/** Kinds of edges: the value of a key, an entry by its place, the first entry that has a text. */
export const EDGE_KEY: u32 = 0;
export const EDGE_INDEX: u32 = 1;
export const EDGE_WHERE: u32 = 2;

// Quantities

/** Doubles of quantities are whole numbers below this. */
export const LIMB: f64 = 4_503_599_627_370_496;
/** A wide quantity is low + high × HIGH_UNIT, with low < HIGH_UNIT, in units of 10^-{@link WIDE_SCALE}. */
export const HIGH_UNIT: f64 = 1_000_000_000_000_000;
/** Fraction digits of wide quantities. */
export const WIDE_SCALE: i32 = 12;
/** Digits before the point of wide quantities at most, leading zeros aside. */
export const MOST_WHOLE_DIGITS: u32 = 18;
/** Fraction digits that the doubles of a column can be widened to. */
export const MOST_SCALE: i32 = 9;
/** Characters of a number whose digits a double holds exactly, at most. */
export const MOST_CHARACTERS: u32 = 16;

// Records of the ledger

/** Records lie in slabs of 2^SLAB_SHIFT. */
export const SLAB_SHIFT: u32 = 13;
export const SLAB_RECORDS: u32 = 1 << SLAB_SHIFT;
/** Stands for a bucket: the instant is outside the period. */
export const OUT_OF_PERIOD: i32 = -1;
/** Stands for the latest quantity of a meter: it does not fit into the double, and the reader keeps it. */
export const KEPT_EXACTLY: f64 = -1;

/*
 * A record: for each meter a quantity (f64); if records are wide, for each meter the quantity's high part (f64); if they have
 * instants, for each meter the first and the last instant (four f64); series and bucket (u32 each); the number of rows, and
 * for each meter the number of rows whose quantity is not 0 (u16 each; the reader keeps what is beyond 65 535).
 */

/** The first and last instant of a meter: milliseconds since 1970, and nanoseconds after that (f64 each). */
export const FIRST_MS_AT: i32 = 0;
export const FIRST_NS_AT: i32 = 8;
export const LAST_MS_AT: i32 = 16;
export const LAST_NS_AT: i32 = 24;
export const INSTANTS_BYTES: i32 = 32;
/** From the series of a record to its bucket, and to its number of rows. */
export const BUCKET_AFTER_SERIES: i32 = 4;
export const COUNTS_AFTER_SERIES: i32 = 8;

export function highsAt(meters: i32): u32 {
  return meters * 8;
}

export function instantsAt(meters: i32, isWide: bool): u32 {
  return meters * (isWide ? 16 : 8);
}

export function seriesAt(meters: i32, isWide: bool, hasInstants: bool): u32 {
  return instantsAt(meters, isWide) + meters * (hasInstants ? INSTANTS_BYTES : 0);
}

/** Bytes of a record, a multiple of 8. */
export function bytesOfRecord(meters: i32, isWide: bool, hasInstants: bool): u32 {
  return (seriesAt(meters, isWide, hasInstants) + COUNTS_AFTER_SERIES + (meters + 1) * 2 + 7) & ~7;
}

/** A record and one of its distinct values (u32 each). The third: 1 + the index of the record's pair before, 0 if there is none. */
export const PAIR_WORDS: u32 = 3;
export const PAIR_RECORD_AT: i32 = 0;
export const PAIR_VALUE_AT: i32 = 4;
export const PAIR_BEFORE_AT: i32 = 8;

// The log of event ids

/** Entries are kept apart by the first 8 bits of their fingerprints. */
export const PARTITION_BITS: u32 = 8;
export const PARTITIONS: u32 = 1 << PARTITION_BITS;
/** An entry: a bit that is 0, the rest of the fingerprint, where in its window the row begins ({@link WINDOW_BITS}). */
export const ENTRY_BYTES: u32 = 8;
/** A block begins with the address of the block before it in its partition, 0 if there is none, and the entries in that (u32 each). */
export const HEADER_BYTES: u32 = 8;
/** Windows have 2^WINDOW_BITS bytes, and are counted through all sources: source × 2^(OFFSET_BITS − WINDOW_BITS) + window in it. */
export const WINDOW_BITS: u32 = 27;
export const OFFSET_BITS: u32 = 44;
/** Two entries with one fingerprint: the index of the first entry that has it, and of a later one (u32 each). */
export const CANDIDATE_BYTES: u32 = 8;

// Rows that are looked at twice

export const HASH_BYTES: u32 = 16;
/** A field of a judged row: the addresses of the starts and the ends of its column, 0 if there is none, and its kind (u32 each). */
export const JUDGED_FIELD_WORDS: u32 = 3;
/**
 * Kinds of fields: a part of the event's key; a text, of which nothing is one more; a quantity that is 0 where there is nothing;
 * a quantity (LEVEL) whose 0 says something that nothing does not.
 */
export const OF_KEY: u32 = 0;
export const TEXT: u32 = 1;
export const QUANTITY: u32 = 2;
export const LEVEL: u32 = 3;
/** A judged row, as the kernel writes it: hashes of its key and content; bytes from its begin to its id, and of its id (u32 each). */
export const KEY_HASH_AT: u32 = 0;
export const CONTENT_HASH_AT: u32 = 16;
export const ID_OFFSET_AT: u32 = 32;
export const ID_LENGTH_AT: u32 = 36;
export const JUDGED_BYTES: u32 = 40;

// Patterns of texts, and formats of instants

/**
 * An element of a pattern: a bit for each ASCII character that it takes (16 bytes); what other characters are to it; its
 * flags; how many characters it takes, at least and at most (u32 each; u32.MAX_VALUE: as many as there are).
 */
export const PATTERN_BYTES: i32 = 28;
export const OTHERS_AT: i32 = 16;
export const FLAGS_AT: i32 = 17;
export const LEAST_AT: i32 = 20;
export const MOST_AT: i32 = 24;
/** Characters other than ASCII: the element takes none of them, all of them, or only the exact way knows. */
export const TAKES_NONE: u8 = 0;
export const TAKES_ALL: u8 = 1;
export const TAKES_SOME: u8 = 2;
/** The group begins before the element; it ends behind it; the text ends behind it; the element is only looked at. */
export const GROUP_BEGINS: u8 = 1;
export const GROUP_ENDS: u8 = 2;
export const TEXT_ENDS: u8 = 4;
export const LOOKS_AHEAD: u8 = 8;

/**
 * A part of a format of instants: its kind, its argument (a literal's byte, or where its digits stand in an instant as RFC 3339
 * has it), the number of its digits (a byte each).
 */
export const TIME_PART_BYTES: u32 = 4;
export const TIME_LITERAL: u8 = 0;
export const TIME_DIGITS: u8 = 1;
export const TIME_MONTH_NAME: u8 = 2;
export const TIME_FRACTION: u8 = 3;
export const TIME_ZONE: u8 = 4;

// Lines of text logs

/**
 * A part of a log format (u32 each): 1 for a field, 0 for a literal text; the literal's address and length, of a field those of
 * the literal behind it (length 0: nothing follows); where the field's starts and ends go, 0 if nobody wants it; its flags; the
 * check that it has to pass.
 */
export const LOG_PART_WORDS: u32 = 7;
export const PART_IS_FIELD_AT: u32 = 0;
export const PART_TEXT_AT: u32 = 4;
export const PART_LENGTH_AT: u32 = 8;
export const PART_STARTS_AT: u32 = 12;
export const PART_ENDS_AT: u32 = 16;
export const PART_FLAGS_AT: u32 = 20;
export const PART_CHECK_AT: u32 = 24;
/** The field stands in double quotes; it is the line of a request. */
export const IN_QUOTES: u32 = 1;
export const IS_REQUEST: u32 = 2;
/** Checks: any text, one without blanks, three digits, digits or a hyphen, a decimal or a hyphen. */
export const ANY_TEXT: u32 = 0;
export const NO_BLANK: u32 = 1;
export const STATUS: u32 = 2;
export const WHOLE_OR_NONE: u32 = 3;
export const DECIMAL_OR_NONE: u32 = 4;
/** Targets of the fields that are cut out of a request: method, path, query, protocol. */
export const REQUEST_FIELDS: u32 = 4;
