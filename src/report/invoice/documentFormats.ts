/** Formats that are sent to customers. PDF is made by the command line, with packages that nothing else needs. */
export const DOCUMENT_FORMATS = ['html', 'pdf'] as const;
export type DocumentFormatName = (typeof DOCUMENT_FORMATS)[number];
