/** Facts about both sides that an electronic invoice must have, and those that are missing. */
import type { BillTo, ElectronicAddress, Issuer, Party } from '../../../core/catalog/party.ts';
import { emailOf } from '../../../core/catalog/party.ts';
import type { TaxCategory } from '../../../core/catalog/tax.ts';

export const ELECTRONIC_FORMATS = ['ubl', 'xrechnung', 'factur-x'] as const;
export type ElectronicFormatName = (typeof ELECTRONIC_FORMATS)[number];

export type Side = Omit<Party, 'contact'>;
export type Sides = { readonly seller: Side; readonly buyer: Side };

/** Where a fact belongs, and the key that it has there. */
export type Missing = { readonly side: 'issuer' | 'bill_to'; readonly key: string; readonly example: string };

export type Demands = { readonly format: ElectronicFormatName; readonly category: TaxCategory };

/**
 * Keys without which the format is not valid, in the order of the files. A fact that stands for another is asked for by the
 * first of their names.
 */
export function missingFacts(issuer: Partial<Issuer>, billTo: BillTo, { format, category }: Demands): Missing[] {
  const isSent = format !== 'factur-x';
  const isGerman = format === 'xrechnung';
  const isTaxed = category !== 'O';
  const needsBoth = category === 'AE' || category === 'K';
  const ofSeller: readonly Demand[] = [
    [true, issuer.name, 'name', 'Edge GmbH'],
    [true, issuer.country, 'country', 'AT'],
    [isGerman, issuer.postcode, 'postcode', '"1060"'],
    [isGerman, issuer.city, 'city', 'Wien'],
    [isTaxed && !needsBoth && category !== 'G', vatOf(issuer) ?? issuer.taxNumber, 'vat_id', 'ATU12345678'],
    [needsBoth || category === 'G', vatOf(issuer), 'vat_id', 'ATU12345678'],
    [
      !isTaxed || (vatOf(issuer) === undefined && issuer.taxNumber !== undefined),
      issuer.registration,
      'registration',
      'FN 123456a',
    ],
    [isSent, addressOf(issuer), 'electronic_address', 'billing@example.com'],
    [isGerman, issuer.person, 'person', 'Billing'],
    [isGerman, issuer.phone, 'phone', '"+43 1 5550000"'],
    [isGerman, emailOf(issuer), 'email', 'billing@example.com'],
    [isGerman, issuer.bank?.iban, 'bank: { iban }', 'AT61 1904 3002 3457 3201'],
    [true, billTo.termsDays ?? issuer.termsDays, 'terms', '14d'],
  ];
  const ofBuyer: readonly Demand[] = [
    [true, billTo.country, 'country', 'DE'],
    [isGerman, billTo.postcode, 'postcode', '"80331"'],
    [isGerman, billTo.city, 'city', 'München'],
    [needsBoth, vatOf(billTo), 'vat_id', 'DE123456789'],
    [isSent, addressOf(billTo), 'electronic_address', 'ap@example.com'],
    [isGerman, billTo.reference, 'reference', '04011000-12345-03'],
  ];
  return [...missingOf('issuer', ofSeller), ...missingOf('bill_to', ofBuyer)];
}

type Demand = readonly [isNeeded: boolean, value: unknown, key: string, example: string];

function missingOf(side: Missing['side'], demands: readonly Demand[]): Missing[] {
  return demands.flatMap(([isNeeded, value, key, example]) =>
    isNeeded && (value === undefined || value === '') ? [{ side, key, example }] : [],
  );
}

/** A VAT number with the code of its country before it (BR-CO-9); undefined: there is none, or another number. */
export function vatOf({ vatId }: Pick<Party, 'vatId'>): string | undefined {
  const written = vatId?.replace(/[\s.-]/g, '');
  return written !== undefined && /^[A-Z]{2}\w+$/.test(written) ? written : undefined;
}

export function addressOf(party: Partial<Party>): ElectronicAddress | undefined {
  const email = emailOf(party);
  return party.electronicAddress ?? (email === undefined ? undefined : { scheme: 'EM', id: email });
}
