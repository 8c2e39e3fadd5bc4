/**
 * An electronic invoice in the form that `@e-invoice-eu/core` reads: names of UBL, texts alone. It puts the elements in order
 * and writes UBL or CII.
 */
import { type CalendarDate, formatDate } from '../../../core/calendar.ts';
import type { BillTo, Issuer, Party } from '../../../core/catalog/party.ts';
import { emailOf } from '../../../core/catalog/party.ts';
import type { Decimal } from '../../../core/decimal.ts';
import { type Currency, formatMoney } from '../../../core/money.ts';
import { printable } from '../../safeText.ts';
import type { Figures, PricedQuantity } from './figures.ts';
import { addressOf, vatOf } from './parties.ts';
import type { CategoryTerms } from './tax.ts';

/** Days, the last one included. */
export type Days = { readonly first: CalendarDate; readonly last: CalendarDate };

export type ElectronicLine = PricedQuantity & {
  readonly name: string;
  readonly description?: string;
  readonly unit: string;
  readonly days?: Days;
};

export type ElectronicInvoice = {
  readonly kind: 'invoice' | 'credit note';
  readonly number: string;
  readonly issued: CalendarDate;
  readonly due?: CalendarDate;
  /** Text of the terms of payment. */
  readonly terms: string;
  /** Invoices that it corrects. */
  readonly corrects?: { readonly number: string };
  readonly currency: Currency;
  readonly days: Days;
  readonly issuer: Issuer;
  readonly billTo: BillTo;
  /** The customer's name, or id. */
  readonly buyerName: string;
  readonly tax: CategoryTerms & { readonly rate: Decimal };
  readonly figures: Figures;
  readonly lines: readonly ElectronicLine[];
  /** Reasons of the figures' adjustments, in their order. */
  readonly reasons: readonly string[];
};

/** Keys of UBL; a key with `@` is an attribute of the element before it. */
export type UblNode = { readonly [key: string]: string | UblNode | readonly (UblNode | string)[] };

const TYPE_CODES = { invoice: '380', 'credit note': '381' } as const;

export function messageOf(invoice: ElectronicInvoice): UblNode {
  const { kind, number, issued, due, currency, days, issuer, billTo, tax, corrects } = invoice;
  const reference = billTo.reference;
  return {
    'ubl:Invoice': {
      'cbc:ID': text(number),
      'cbc:IssueDate': formatDate(issued),
      ...(due && kind === 'invoice' && { 'cbc:DueDate': formatDate(due) }),
      'cbc:InvoiceTypeCode': TYPE_CODES[kind],
      'cbc:DocumentCurrencyCode': currency.code,
      ...(reference !== undefined && { 'cbc:BuyerReference': text(reference) }),
      'cac:InvoicePeriod': periodNode(days),
      ...(corrects && {
        'cac:BillingReference': [{ 'cac:InvoiceDocumentReference': { 'cbc:ID': text(corrects.number) } }],
      }),
      'cac:AccountingSupplierParty': { 'cac:Party': partyNode(issuer, issuer.name, tax, 'seller') },
      'cac:AccountingCustomerParty': { 'cac:Party': partyNode(billTo, invoice.buyerName, tax, 'buyer') },
      'cac:Delivery': deliveryNode(days, billTo, tax),
      ...paymentNode(invoice),
      'cac:PaymentTerms': { 'cbc:Note': text(invoice.terms) },
      ...adjustmentNodes(invoice),
      'cac:TaxTotal': [taxNode(invoice)],
      'cac:LegalMonetaryTotal': totalsNode(invoice),
      'cac:InvoiceLine': invoice.lines.map((line, i) => lineNode(line, i, invoice)) as UblNode[],
    },
  };
}

function text(value: string): string {
  return printable(value).replace(/\s+/g, ' ').trim();
}

function periodNode({ first, last }: Days): UblNode {
  return { 'cbc:StartDate': formatDate(first), 'cbc:EndDate': formatDate(last) };
}

const VAT_SCHEME = { 'cac:TaxScheme': { 'cbc:ID': 'VAT' } } as const;

/** An invoice outside the scope of VAT must not have VAT numbers (BR-O-2). */
function partyNode(party: Partial<Party>, name: string, tax: CategoryTerms, side: 'seller' | 'buyer'): UblNode {
  const address = addressOf(party);
  const vat = tax.category === 'O' ? undefined : vatOf(party);
  const schemes: UblNode[] = [
    ...(vat === undefined ? [] : [{ 'cbc:CompanyID': vat, ...VAT_SCHEME }]),
    ...(party.taxNumber === undefined || side === 'buyer'
      ? []
      : [{ 'cbc:CompanyID': text(party.taxNumber), 'cac:TaxScheme': { 'cbc:ID': 'FC' } }]),
  ];
  const [first] = schemes;
  return {
    ...(address && { 'cbc:EndpointID': text(address.id), 'cbc:EndpointID@schemeID': address.scheme }),
    'cac:PostalAddress': addressNode(party),
    ...(first && { 'cac:PartyTaxScheme': side === 'seller' ? schemes : first }),
    'cac:PartyLegalEntity': {
      'cbc:RegistrationName': text(name),
      ...(party.registration !== undefined && { 'cbc:CompanyID': text(party.registration) }),
    },
    ...contactNode(party),
  };
}

function addressNode({ address = [], postcode, city, country }: Partial<Party>): UblNode {
  const [street, more, ...rest] = address.map(text);
  return {
    ...(street !== undefined && { 'cbc:StreetName': street }),
    ...(more !== undefined && { 'cbc:AdditionalStreetName': more }),
    ...(city !== undefined && { 'cbc:CityName': text(city) }),
    ...(postcode !== undefined && { 'cbc:PostalZone': text(postcode) }),
    ...(rest.length > 0 && { 'cac:AddressLine': { 'cbc:Line': rest.join(', ') } }),
    'cac:Country': { 'cbc:IdentificationCode': country! },
  };
}

function contactNode(party: Partial<Party>): UblNode {
  const email = emailOf(party);
  const { person, phone } = party;
  const node = {
    ...(person !== undefined && { 'cbc:Name': text(person) }),
    ...(phone !== undefined && { 'cbc:Telephone': text(phone) }),
    ...(email !== undefined && { 'cbc:ElectronicMail': text(email) }),
  };
  return Object.keys(node).length > 0 ? { 'cac:Contact': node } : {};
}

/** Without this element CII is not valid; a supply within the European Union needs the country (BR-IC-12). */
function deliveryNode({ last }: Days, { country }: BillTo, { category }: CategoryTerms): UblNode {
  return {
    'cbc:ActualDeliveryDate': formatDate(last),
    ...(category === 'K' && {
      'cac:DeliveryLocation': { 'cac:Address': { 'cac:Country': { 'cbc:IdentificationCode': country! } } },
    }),
  };
}

/** 58 is a SEPA credit transfer, 30 one of any kind. */
function paymentNode({ issuer: { name, bank }, number, currency }: ElectronicInvoice): UblNode {
  if (bank?.iban === undefined) return {};
  const { iban, bic } = bank;
  const account = {
    'cbc:ID': iban.replace(/\s/g, ''),
    'cbc:Name': text(name),
    ...(bic !== undefined && { 'cac:FinancialInstitutionBranch': { 'cbc:ID': text(bic) } }),
  };
  const code = currency.code === 'EUR' ? '58' : '30';
  return {
    'cac:PaymentMeans': [
      { 'cbc:PaymentMeansCode': code, 'cbc:PaymentID': text(number), 'cac:PayeeFinancialAccount': account },
    ],
  };
}

function adjustmentNodes(invoice: ElectronicInvoice): UblNode {
  const nodes = invoice.figures.adjustments.flatMap((amount, i): UblNode[] =>
    amount.isZero()
      ? []
      : [
          {
            'cbc:ChargeIndicator': String(amount.isPositive()),
            'cbc:AllowanceChargeReason': text(invoice.reasons[i]!),
            ...money('cbc:Amount', amount.abs(), invoice),
            'cac:TaxCategory': categoryNode(invoice),
          },
        ],
  );
  return nodes.length > 0 ? { 'cac:AllowanceCharge': nodes } : {};
}

function taxNode(invoice: ElectronicInvoice): UblNode {
  const { figures, tax } = invoice;
  return {
    ...money('cbc:TaxAmount', figures.tax, invoice),
    'cac:TaxSubtotal': [
      {
        ...money('cbc:TaxableAmount', figures.net, invoice),
        ...money('cbc:TaxAmount', figures.tax, invoice),
        'cac:TaxCategory': {
          ...categoryNode(invoice),
          ...(tax.code !== undefined && { 'cbc:TaxExemptionReasonCode': tax.code }),
          ...(tax.reason !== undefined && { 'cbc:TaxExemptionReason': text(tax.reason) }),
        },
      },
    ],
  };
}

/** Category O has no rate (BR-O-5). */
function categoryNode({ tax: { category, rate } }: ElectronicInvoice): UblNode {
  return {
    'cbc:ID': category,
    ...(category !== 'O' && { 'cbc:Percent': rate.times(100).toFixed() }),
    ...VAT_SCHEME,
  };
}

function totalsNode(invoice: ElectronicInvoice): UblNode {
  const { lineTotal, net, gross, allowances, charges, rounding, payable } = invoice.figures;
  return {
    ...money('cbc:LineExtensionAmount', lineTotal, invoice),
    ...money('cbc:TaxExclusiveAmount', net, invoice),
    ...money('cbc:TaxInclusiveAmount', gross, invoice),
    ...(!allowances.isZero() && money('cbc:AllowanceTotalAmount', allowances, invoice)),
    ...(!charges.isZero() && money('cbc:ChargeTotalAmount', charges, invoice)),
    ...(!rounding.isZero() && money('cbc:PayableRoundingAmount', rounding, invoice)),
    ...money('cbc:PayableAmount', payable, invoice),
  };
}

function lineNode(line: ElectronicLine, i: number, invoice: ElectronicInvoice): UblNode {
  const { name, description, unit, quantity, price, per, days } = line;
  return {
    'cbc:ID': String(i + 1),
    'cbc:InvoicedQuantity': quantity.toFixed(),
    'cbc:InvoicedQuantity@unitCode': unit,
    ...money('cbc:LineExtensionAmount', invoice.figures.lines[i]!, invoice),
    ...(days && { 'cac:InvoicePeriod': periodNode(days) }),
    'cac:Item': {
      ...(description !== undefined && { 'cbc:Description': text(description) }),
      'cbc:Name': text(name),
      'cac:ClassifiedTaxCategory': categoryNode(invoice),
    },
    'cac:Price': {
      'cbc:PriceAmount': price.toFixed(),
      'cbc:PriceAmount@currencyID': invoice.currency.code,
      ...(per && { 'cbc:BaseQuantity': per.toFixed(), 'cbc:BaseQuantity@unitCode': unit }),
    },
  };
}

function money(key: string, amount: Decimal, { currency }: ElectronicInvoice): UblNode {
  return { [key]: formatMoney(amount, currency), [`${key}@currencyID`]: currency.code };
}
