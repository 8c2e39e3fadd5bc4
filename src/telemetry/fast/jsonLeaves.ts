/** Where the values of a line of JSON stand. */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A value of a line. `key`: its name in the outermost object, or the dotted path to it through nested ones. */
export type Leaf = {
  readonly key: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly isContainer: boolean;
};

/**
 * The values of a line of valid JSON that are not made of others, and the named ones that are. Undefined if the line cannot
 * be a template: with a key twice, with escapes in a key, or with a path that is also a key.
 */
export function leavesOf(line: Buffer): Leaf[] | undefined {
  const leaves: Leaf[] = [];
  let i = 0;
  const skipBlanks = () => {
    while (i < line.length && line[i]! <= 0x20) i++;
  };
  const skipText = () => {
    for (i++; line[i] !== QUOTE; i++) if (line[i] === BACKSLASH) i++;
    i++;
  };
  const value = (key: string | undefined, depth: number): boolean => {
    skipBlanks();
    const start = i;
    const c = line[i];
    if (c === 0x7b || c === 0x5b) {
      const close = c + 2;
      const keys = new Set<string>();
      i++;
      for (skipBlanks(); line[i] !== close; skipBlanks()) {
        if (line[i] === 0x2c) {
          i++;
          continue;
        }
        let name: string | undefined;
        if (c === 0x7b) {
          const from = i;
          skipText();
          name = line.toString('utf8', from + 1, i - 1);
          if (name.includes('\\') || name === '__proto__' || keys.has(name)) return false;
          keys.add(name);
          skipBlanks();
          i++; // the colon
          skipBlanks();
          const isNested = depth > 0 || line[i] === 0x7b;
          if (isNested && name.includes('.')) return false; // its path would look like another's
        }
        const path = depth === 0 || name === undefined || key === undefined ? name : `${key}.${name}`;
        if (!value(depth === 0 || key !== undefined ? path : undefined, depth + 1)) return false;
      }
      i++;
      if (key !== undefined) leaves.push({ key, start, end: i, isContainer: true });
      return true;
    }
    if (c === QUOTE) skipText();
    else while (i < line.length && !/[\s,\]}]/.test(String.fromCharCode(line[i]!))) i++;
    leaves.push({ key, start, end: i, isContainer: false });
    return true;
  };
  if (!value(undefined, 0)) return undefined;
  const named = leaves.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return new Set(named).size === named.length ? leaves : undefined;
}
