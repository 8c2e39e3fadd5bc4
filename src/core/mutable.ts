/** A type with fields that can be set: for an object in the making, until it is handed out. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
