/** The two sides of an invoice document. No amount depends on them. */

export type Party = {
  readonly name: string;
  /** Lines as they stand on an envelope, without the name. */
  readonly address: readonly string[];
  /** ISO 3166-1 code: `AT`. */
  readonly country?: string;
  readonly vatId?: string;
  /** An e-mail address, a telephone number or a page. */
  readonly contact?: string;
  /** Parts of the address that electronic invoices have fields for; on documents they are a line below it. */
  readonly postcode?: string;
  readonly city?: string;
  /** The person, or the department, to ask. */
  readonly person?: string;
  readonly phone?: string;
  /** Absent: `contact`, if that is one. */
  readonly email?: string;
  /** Place that electronic invoices are delivered to, and are sent from. Absent: the e-mail address. */
  readonly electronicAddress?: ElectronicAddress;
  /** Number in a register of companies. */
  readonly registration?: string;
  /** A tax number other than `vatId`. */
  readonly taxNumber?: string;
};

/** `scheme`: a code of the list EAS: `0088` for a GLN, `9930` for a German VAT number. */
export type ElectronicAddress = { readonly scheme: string; readonly id: string };

/** The e-mail address of a party; undefined if it has none. */
export function emailOf({ email, contact }: Pick<Party, 'email' | 'contact'>): string | undefined {
  return email ?? (contact !== undefined && isEmail(contact) ? contact : undefined);
}

/** True for an address with one `@`, something on each side of it, and no blank. */
export function isEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text);
}

/** The side that sends invoices, as `issuer:` of the tier file names it. */
export type Issuer = Party & {
  readonly bank?: { readonly name?: string; readonly iban?: string; readonly bic?: string };
  /** Path of a PNG or JPEG file, relative to the tier file. */
  readonly logo?: string;
  /** Days from the issue date to the due date. */
  readonly termsDays?: number;
  /** Pattern of invoice numbers: `{period}-{n}`. */
  readonly number?: string;
  /** A sentence below the total. */
  readonly note?: string;
};

/** The side that receives invoices, as `bill_to:` of the customers file names it. */
export type BillTo = Partial<Party> & {
  /** Text that the customer wants to see: an order number. */
  readonly reference?: string;
  /** Days from the issue date to the due date, in the place of the issuer's. */
  readonly termsDays?: number;
  /** Free columns of a CSV customers file that have a value in the customer's last row, by name. */
  readonly more?: ReadonlyMap<string, string>;
};
