/** Eight characters at a time: are they digits, and what number do they make? */

/** Eight characters `0`: exclusive or with them turns digits to their values. */
export const ZEROS: u64 = 0x3030_3030_3030_3030;
/** Added to a digit's value, carries into the high bit of its byte if the value is above nine. */
const ABOVE_NINE: u64 = 0x7676_7676_7676_7676;
export const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

export function isDigit(c: u8): bool {
  return c - 0x30 <= 9;
}

export function isDigits(values: u64): bool {
  return (((values + ABOVE_NINE) | values) & HIGH_BITS) === 0;
}

/** The number that eight digits' values make, the first of them in the lowest byte: pairs, then fours, then all. */
export function eightDigits(values: u64): u64 {
  const pairs = (values * (1 + (10 << 8))) >> 8;
  const fours = ((pairs & 0x00ff_00ff_00ff_00ff) * (1 + (100 << 16))) >> 16;
  return ((fours & 0x0000_ffff_0000_ffff) * (1 + (u64(10_000) << 32))) >> 32;
}

const POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
]);

/** 10^exponent, up to 16. */
export function powerOfTen(exponent: i32): f64 {
  return load<f64>(POWERS + (exponent << 3));
}
