/** Declarations that cli-table3's own types leave out. */
declare module 'cli-table3/src/utils.js' {
  /** Columns that a text takes up on a terminal, as cli-table3 itself counts them. */
  const utils: { strlen(text: string): number };
  export default utils;
}
