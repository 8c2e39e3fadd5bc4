/** A number of a parameter, with the digits that matter and never with an exponent. */
export function numberText(value: number, significant = 4): string {
  if (value === 0) return '0';
  const digits = Math.max(0, Math.min(20, significant - 1 - Math.floor(Math.log10(Math.abs(value)))));
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
