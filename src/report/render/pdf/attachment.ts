/** An electronic invoice within a PDF, as Factur-X 1.0 has it, and the metadata that says so. */
import { htmlText } from '../../safeText.ts';

type Pdf = PDFKit.PDFDocument;

/** Name that readers of Factur-X look for. */
const FILE_NAME = 'factur-x.xml';
const NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#';

/** Attaches `xml` (CII, profile EN 16931) to a PDF/A-3. */
export function attachFacturX(pdf: Pdf, xml: string, at: Date): void {
  pdf.file(Buffer.from(xml), {
    name: FILE_NAME,
    type: 'text/xml',
    description: 'Factur-X invoice',
    relationship: 'Alternative',
    creationDate: at,
    modifiedDate: at,
  } as PDFKit.Mixins.PDFAttachmentOptions);
  const metadata = pdf as unknown as { appendXML(xml: string): void };
  metadata.appendXML(`<rdf:Description rdf:about="" xmlns:fx="${NAMESPACE}">
<fx:DocumentType>INVOICE</fx:DocumentType>
<fx:DocumentFileName>${FILE_NAME}</fx:DocumentFileName>
<fx:Version>1.0</fx:Version>
<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
${PROPERTIES.map(propertyXml).join('\n')}
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>`);
}

const PROPERTIES = [
  ['DocumentFileName', 'name of the embedded XML invoice file'],
  ['DocumentType', 'INVOICE'],
  ['Version', 'version of the XML schema of the embedded file'],
  ['ConformanceLevel', 'profile of the embedded file'],
] as const;

function propertyXml([name, description]: (typeof PROPERTIES)[number]): string {
  return `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>${description}</pdfaProperty:description></rdf:li>`;
}

type Writer = { info: Record<string, unknown>; _addInfo(): void };

/** pdfkit writes title and author into the metadata as they are: a `&` in a name would make them no XML. */
export function escapeMetadata(pdf: Pdf): void {
  const writer = pdf as unknown as Writer;
  const addInfo = writer._addInfo.bind(writer);
  writer._addInfo = () => {
    const { info } = writer;
    const escaped = Object.entries(info).map(([key, value]) => [
      key,
      typeof value === 'string' ? htmlText(value) : value,
    ]);
    writer.info = Object.fromEntries(escaped);
    addInfo();
    writer.info = info;
  };
}
