/** Formats that are sent to customers. All but HTML are made by the command line, with packages that nothing else needs. */
import { ELECTRONIC_FORMATS, type ElectronicFormatName } from './electronic/parties.ts';

export const DOCUMENT_FORMATS = ['html', 'pdf', ...ELECTRONIC_FORMATS] as const;
export type DocumentFormatName = (typeof DOCUMENT_FORMATS)[number];

/** Endings of files of formats that have another name. */
export const DOCUMENT_ENDINGS: Partial<Record<DocumentFormatName, string>> = {
  ubl: 'ubl.xml',
  xrechnung: 'xrechnung.xml',
  'factur-x': 'factur-x.pdf',
};

export function isElectronic(format: string): format is ElectronicFormatName {
  return (ELECTRONIC_FORMATS as readonly string[]).includes(format);
}

/** True for formats that show when limits were reached, for which a timeline is made. */
export function showsAlerts(format: DocumentFormatName): boolean {
  return format !== 'ubl' && format !== 'xrechnung';
}
