/**
 * Rules of EN 16931 about amounts, over the finished XML in either syntax. Amounts are whole numbers of 10^-18, and nothing
 * here is shared with the program.
 */
import { XMLParser } from 'fast-xml-parser';

type Node = { readonly [key: string]: Node } & { readonly [index: number]: Node };
const MANY =
  /^(InvoiceLine|CreditNoteLine|AllowanceCharge|TaxSubtotal|IncludedSupplyChainTradeLineItem|SpecifiedTradeAllowanceCharge|ApplicableTradeTax)$/;
const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => MANY.test(name),
});

export type Amounts = {
  readonly type: string;
  readonly number: string;
  readonly currency: string;
  readonly corrects: string | undefined;
  readonly lines: readonly { amount: string; quantity: string; price: string; per: string; category: string }[];
  readonly adjustments: readonly { isCharge: boolean; amount: string; category: string }[];
  readonly tax: readonly { base: string; amount: string; category: string; rate: string; reason: string | undefined }[];
  readonly lineTotal: string;
  readonly allowances: string;
  readonly charges: string;
  readonly net: string;
  readonly taxTotal: string;
  readonly gross: string;
  readonly prepaid: string;
  readonly rounding: string;
  readonly payable: string;
  readonly due: string | undefined;
  readonly terms: string | undefined;
};

/** The amounts of an invoice or a credit note in UBL or CII. */
export function amountsOf(xml: string): Amounts {
  const tree = parser.parse(xml) as Node;
  return tree.CrossIndustryInvoice ? ofCii(tree.CrossIndustryInvoice) : ofUbl((tree.Invoice ?? tree.CreditNote)!);
}

function textOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  return typeof node === 'string' ? node : (node['#text'] as unknown as string | undefined);
}
const text = (node: Node | undefined): string => textOf(node) ?? '0';
const list = (node: Node | undefined): Node[] => (node ?? []) as unknown as Node[];

function ofUbl(root: Node): Amounts {
  const totals = root.LegalMonetaryTotal!;
  const lines = list(root.InvoiceLine ?? root.CreditNoteLine);
  return {
    type: text(root.InvoiceTypeCode ?? root.CreditNoteTypeCode),
    number: text(root.ID),
    currency: text(root.DocumentCurrencyCode),
    corrects: textOf(root.BillingReference?.InvoiceDocumentReference?.ID),
    lines: lines.map((line) => ({
      amount: text(line.LineExtensionAmount),
      quantity: text(line.InvoicedQuantity ?? line.CreditedQuantity),
      price: text(line.Price?.PriceAmount),
      per: textOf(line.Price?.BaseQuantity) ?? '1',
      category: text(line.Item?.ClassifiedTaxCategory?.ID),
    })),
    adjustments: list(root.AllowanceCharge).map((one) => ({
      isCharge: text(one.ChargeIndicator) === 'true',
      amount: text(one.Amount),
      category: text(one.TaxCategory?.ID),
    })),
    tax: list(root.TaxTotal?.TaxSubtotal).map((one) => ({
      base: text(one.TaxableAmount),
      amount: text(one.TaxAmount),
      category: text(one.TaxCategory?.ID),
      rate: text(one.TaxCategory?.Percent),
      reason: textOf(one.TaxCategory?.TaxExemptionReason),
    })),
    lineTotal: text(totals.LineExtensionAmount),
    allowances: text(totals.AllowanceTotalAmount),
    charges: text(totals.ChargeTotalAmount),
    net: text(totals.TaxExclusiveAmount),
    taxTotal: text(root.TaxTotal?.TaxAmount),
    gross: text(totals.TaxInclusiveAmount),
    prepaid: text(totals.PrepaidAmount),
    rounding: text(totals.PayableRoundingAmount),
    payable: text(totals.PayableAmount),
    due: textOf(root.DueDate),
    terms: textOf(root.PaymentTerms?.Note),
  };
}

function ofCii(root: Node): Amounts {
  const settlement = root.SupplyChainTradeTransaction!.ApplicableHeaderTradeSettlement!;
  const totals = settlement.SpecifiedTradeSettlementHeaderMonetarySummation!;
  return {
    type: text(root.ExchangedDocument?.TypeCode),
    number: text(root.ExchangedDocument?.ID),
    currency: text(settlement.InvoiceCurrencyCode),
    corrects: textOf(settlement.InvoiceReferencedDocument?.IssuerAssignedID),
    lines: list(root.SupplyChainTradeTransaction!.IncludedSupplyChainTradeLineItem).map((line) => {
      const price = line.SpecifiedLineTradeAgreement?.NetPriceProductTradePrice;
      const own = line.SpecifiedLineTradeSettlement;
      return {
        amount: text(own?.SpecifiedTradeSettlementLineMonetarySummation?.LineTotalAmount),
        quantity: text(line.SpecifiedLineTradeDelivery?.BilledQuantity),
        price: text(price?.ChargeAmount),
        per: textOf(price?.BasisQuantity) ?? '1',
        category: text(list(own?.ApplicableTradeTax)[0]?.CategoryCode),
      };
    }),
    adjustments: list(settlement.SpecifiedTradeAllowanceCharge).map((one) => ({
      isCharge: text(one.ChargeIndicator?.Indicator) === 'true',
      amount: text(one.ActualAmount),
      category: text(one.CategoryTradeTax?.CategoryCode),
    })),
    tax: list(settlement.ApplicableTradeTax).map((one) => ({
      base: text(one.BasisAmount),
      amount: text(one.CalculatedAmount),
      category: text(one.CategoryCode),
      rate: text(one.RateApplicablePercent),
      reason: textOf(one.ExemptionReason),
    })),
    lineTotal: text(totals.LineTotalAmount),
    allowances: text(totals.AllowanceTotalAmount),
    charges: text(totals.ChargeTotalAmount),
    net: text(totals.TaxBasisTotalAmount),
    taxTotal: text(totals.TaxTotalAmount),
    gross: text(totals.GrandTotalAmount),
    prepaid: text(totals.TotalPrepaidAmount),
    rounding: text(totals.RoundingAmount),
    payable: text(totals.DuePayableAmount),
    due: textOf(settlement.SpecifiedTradePaymentTerms?.DueDateDateTime?.DateTimeString),
    terms: textOf(settlement.SpecifiedTradePaymentTerms?.Description),
  };
}

const SCALE = 18;

function units(decimal: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new Error(`${decimal} is no decimal`);
  const value = BigInt(whole + fraction.padEnd(SCALE, '0'));
  return sign === '-' ? -value : value;
}

const sum = (values: readonly string[]) => values.map(units).reduce((a, b) => a + b, 0n);
const abs = (value: bigint) => (value < 0n ? -value : value);

/** `top` ÷ `bottom` in whole minor units, half away from zero. */
function rounded(top: bigint, bottom: bigint): bigint {
  const magnitude = (2n * abs(top) + abs(bottom)) / (2n * abs(bottom));
  return top < 0n !== bottom < 0n ? -magnitude : magnitude;
}

/** The rules that amounts break, by their names; `digits`: of the currency's minor unit. */
export function brokenRules(it: Amounts, digits: number): string[] {
  const minor = 10n ** BigInt(SCALE - digits);
  const broken: string[] = [];
  const rule = (name: string, isKept: boolean) => {
    if (!isKept) broken.push(name);
  };
  const { lines, adjustments, tax } = it;
  const allowances = adjustments.filter(({ isCharge }) => !isCharge).map(({ amount }) => amount);
  const charges = adjustments.filter(({ isCharge }) => isCharge).map(({ amount }) => amount);
  rule('BR-16', lines.length > 0);
  rule('BR-CO-10', units(it.lineTotal) === sum(lines.map(({ amount }) => amount)));
  rule('BR-CO-11', units(it.allowances) === sum(allowances));
  rule('BR-CO-12', units(it.charges) === sum(charges));
  rule('BR-CO-13', units(it.net) === units(it.lineTotal) - units(it.allowances) + units(it.charges));
  rule('BR-CO-14', units(it.taxTotal) === sum(tax.map(({ amount }) => amount)));
  rule('BR-CO-15', units(it.gross) === units(it.net) + units(it.taxTotal));
  rule('BR-CO-16', units(it.payable) === units(it.gross) - units(it.prepaid) + units(it.rounding));
  rule('BR-CO-18', tax.length > 0);
  rule('BR-CO-25', units(it.payable) <= 0n || it.due !== undefined || it.terms !== undefined);
  for (const { base, amount, category, rate, reason } of tax) {
    const exact = (units(base) * units(rate)) / 10n ** BigInt(SCALE); // in hundredths of 10^-18
    rule('BR-CO-17', units(amount) === rounded(exact, 100n * minor) * minor);
    const own = <T extends { category: string }>(all: readonly T[]) => all.filter((one) => one.category === category);
    const taxable =
      sum(own(lines).map((line) => line.amount)) -
      sum(own(adjustments.filter(({ isCharge }) => !isCharge)).map((one) => one.amount)) +
      sum(own(adjustments.filter(({ isCharge }) => isCharge)).map((one) => one.amount));
    rule(`BR-${category}-8`, units(base) === taxable);
    rule(`BR-${category}-10`, (reason !== undefined) === (category !== 'S' && category !== 'Z'));
    rule(`BR-${category}-5`, units(rate) > 0n === (category === 'S'));
  }
  for (const { amount, quantity, price, per } of lines) {
    rule('BR-27', units(price) >= 0n);
    const cost = rounded(units(quantity) * units(price), units(per) * minor);
    rule('PEPPOL-EN16931-R120', cost * minor === units(amount));
  }
  const amounts = [it.lineTotal, it.net, it.gross, it.payable, it.taxTotal, it.rounding, ...lines.map((l) => l.amount)];
  for (const amount of amounts) rule('BR-DEC', (amount.split('.')[1] ?? '').length <= 2);
  for (const { amount } of adjustments) rule('allowances and charges are above 0', units(amount) > 0n);
  return broken;
}
