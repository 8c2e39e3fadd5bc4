/** What the kernel asks of whoever runs it, seldom. */

/** Makes the bucket of an instant, in milliseconds since 1970, the ledger's current one. */
export declare function locateBucket(ms: f64): void;

/** Takes over a record's sum that no longer fits into a double, in units of the meter's scale. */
export declare function carry(record: usize, meter: i32, sum: f64): void;

/** The same for a total of {@link sumRecords}; `place`: series × meters + meter. */
export declare function carryTotal(place: u32, sum: f64): void;

/** Notes that one of a record's counts, 0 for its rows and 1 + meter for events, has passed 65 535 and begins again at 0. */
export declare function overflowCount(record: usize, which: i32): void;

/** Moves the log of events elsewhere and releases it. */
export declare function spillEvents(): void;
