/** Documents of a restatement: a file for each note, below `documents/` in its folder. */

import { electronicNote, type SavedNote } from '../../report/closing/electronicNote.ts';
import { noteSheet } from '../../report/closing/noteSheet.ts';
import { DOCUMENT_ENDINGS, isElectronic } from '../../report/invoice/documentFormats.ts';
import { sheetsHtml } from '../../report/invoice/sheet/html.ts';
import { Drawing } from '../documents/drawing.ts';
import { ElectronicPress } from '../documents/electronicPress.ts';
import { fileNames } from '../fileNames.ts';
import type { Io } from '../io.ts';
import { type DocumentWishes, type LogoPlace, type Paper, paperOf, reportOn } from './documents.ts';
import { put, type Sink } from './folder.ts';
import type { Month } from './month.ts';

/** Writes a document for each note, named by its number. Throws a Refusal with everything that electronic ones lack. */
export async function writeNoteDocuments(
  notes: readonly SavedNote[],
  month: Month,
  sink: Sink,
  wishes: DocumentWishes & LogoPlace,
  io: Io,
): Promise<void> {
  const { format } = wishes;
  if (format === undefined) return;
  const paper = await paperOf(month, sink, wishes, io);
  const nameOf = fileNames();
  const writer = isElectronic(format)
    ? await electronicWriter(format, paper)
    : format === 'pdf'
      ? pdfWriter(paper)
      : htmlWriter(paper);
  try {
    writer.check?.(notes);
    for (const saved of notes) {
      const name = `documents/${nameOf(saved.note.number, DOCUMENT_ENDINGS[format] ?? format)}`;
      await put(sink, name, await writer.contentOf(saved));
      io.signal.throwIfAborted();
    }
  } finally {
    await writer.dismiss?.();
  }
}

type Writer = {
  contentOf(saved: SavedNote): Promise<Iterable<string | Uint8Array>>;
  check?(notes: readonly SavedNote[]): void;
  dismiss?(): Promise<void>;
};

function htmlWriter(paper: Paper): Writer {
  const report = reportOn([], paper);
  const contentOf = async (saved: SavedNote) => {
    const sheet = noteSheet(saved, report, paper.documents);
    return sheetsHtml([sheet], sheet.title, paper.documents);
  };
  return { contentOf };
}

function pdfWriter(paper: Paper): Writer {
  const report = reportOn([], paper);
  const drawing = new Drawing(paper.documents, paper.threads);
  return {
    contentOf: async (saved) => [await drawing.draw(noteSheet(saved, report, paper.documents))],
    dismiss: () => drawing.dismiss(),
  };
}

async function electronicWriter(format: Parameters<typeof ElectronicPress.of>[0], paper: Paper): Promise<Writer> {
  const report = reportOn([], paper);
  const { documents, threads } = paper;
  const press = await ElectronicPress.of(format, { documents, threads });
  const messageOf = (saved: SavedNote) => press.taken(electronicNote(saved, report, documents, format));
  return {
    check(notes) {
      for (const saved of notes) messageOf(saved);
      press.refuseLacking();
    },
    contentOf: async (saved) => [await press.print(messageOf(saved)!, () => noteSheet(saved, report, documents))],
    dismiss: () => press.dismiss(),
  };
}
