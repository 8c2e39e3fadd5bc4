/** Functions that the kernel imports from the reader; it calls them seldom. */

/** Makes the bucket of an instant, in milliseconds since 1970, the ledger's current one. */
export declare function locateBucket(ms: f64): void;

/**
 * Milliseconds that the clocks of the request's zone are ahead of UTC throughout a local hour, which is the wall-clock time divided
 * by an hour, since 1970. NaN if there is no zone, or a clock change skips or repeats a part of the hour.
 */
export declare function offsetOfLocalHour(hour: f64): f64;

/** Takes over a record's sum that no longer fits into a double: `sum` × `times`, in units of the meter's scale. */
export declare function carry(record: usize, meter: i32, sum: f64, times: f64): void;

/** Takes over a total of {@link sumRecords} in the same way; `place`: series × meters + meter. */
export declare function carryTotal(place: u32, sum: f64, times: f64): void;

/** Notes that one of a record's counts, 0 for its rows and 1 + meter for events, has passed 65 535 and begins again at 0. */
export declare function overflowCount(record: usize, which: i32): void;

/** Moves the log of events elsewhere and releases it. */
export declare function spillEvents(): void;
