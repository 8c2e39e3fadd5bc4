/** Currencies, and the only place where money is rounded. */
import type { Decimal } from './decimal.ts';
import type { Fraction } from './fraction.ts';

/** `minorUnit`: digits after the point of the smallest amount that is invoiced (USD 2, JPY 0, KWD 3). */
export type Currency = { readonly code: string; readonly minorUnit: number };

/**
 * Rounds an exact amount of major units to the currency's minor unit, half away from zero: 10.275 USD becomes 10.28,
 * −1.225 becomes −1.23. Every line of an invoice passes through here once; sums of lines are never rounded again.
 */
export function roundToMinorUnit(exact: Fraction, currency: Currency): Decimal {
  return exact.round(currency.minorUnit);
}

/** The amount with all digits of the minor unit: `19.00`, `-0.50`, in JPY `1200`; rounded, if it is not. */
export function formatMoney(amount: Decimal, currency: Currency): string {
  const digits = amount.toFixed();
  const point = digits.indexOf('.');
  const missing = currency.minorUnit - (point < 0 ? 0 : digits.length - point - 1);
  if (missing === 0) return digits;
  if (missing < 0) return amount.toFixed(currency.minorUnit);
  return `${point < 0 ? `${digits}.` : digits}${'0'.repeat(missing)}`;
}

/** The currency of an ISO 4217 code, or undefined: unknown, or (like gold and SDRs) without a minor unit to round to. */
export function currencyOf(code: string): Currency | undefined {
  if (!CODES.has(code)) return undefined;
  return { code, minorUnit: MINOR_UNITS.get(code) ?? 2 };
}

/** ISO 4217 list one, active codes with a minor unit. */
const CODES: ReadonlySet<string> = new Set(
  `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
  CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
  GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
  MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG
  QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
  UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL`.split(/\s+/),
);

/** Digits of currencies whose minor unit is not two digits (ISO 4217). */
const MINOR_UNITS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** Symbols that a price may be written with, and the one currency that each stands for. */
export const CURRENCY_SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['$', 'USD'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
]);
