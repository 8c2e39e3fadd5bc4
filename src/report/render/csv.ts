/** The tables of a document as CSV: exact values in the place of what people read, tables one below the other. */
import { type Block, type Cell, type Document, plain, type Table } from '../document.ts';
import { csvRow } from '../safeText.ts';

export function* csv(document: Document): Generator<string> {
  let isFirst = true;
  for (const table of tablesIn(document)) {
    if (!isFirst) yield '\n';
    isFirst = false;
    yield csvRow(table.columns.map(({ head }) => head));
    for (const { cells } of table.rows) yield csvRow(table.columns.map((_, c) => cellValue(cells[c])));
  }
}

function* tablesIn(blocks: Iterable<Block>): Generator<Table> {
  for (const block of blocks) {
    if (block.kind === 'table') yield block;
    else if (block.kind === 'tables') yield* block.tables;
    else if (block.kind === 'folded') yield* tablesIn(block.blocks);
  }
}

function cellValue(cell: Cell | undefined): string {
  return cell === undefined ? '' : (cell.value ?? plain(cell.text));
}
