/** The kernel's functions as TypeScript types: made from the declarations that asc writes beside the debug build. */

const MOST_COLUMNS = 120;

/** The text of src/telemetry/fast/kernelExports.ts for declarations as `asc --bindings raw` writes them. */
export function kernelExportsFrom(declarations: string): string {
  const functions = [...declarations.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export function (\w+)\(/g)].map(
    ([, comment, name]) => memberOf(name!, comment!),
  );
  return [
    '/**',
    ' * The functions of the compiled kernel. Generated: `npm run build:debug && npx vitest run test/telemetry/kernel.test.ts -u`',
    ' * writes this file, and the same test without `-u` fails if the kernel has other functions or arguments.',
    ' */',
    'export type KernelExports = {',
    ...functions,
    '};',
    '',
  ].join('\n');
}

function memberOf(name: string, comment: string): string {
  const parameters = [...comment.matchAll(/@param (\w+) `([^`]+)`/g)].map(
    ([, own, type]) => `${own}: ${typeOf(type!)}`,
  );
  const returned = /@returns `([^`]+)`/.exec(comment)?.[1];
  // A bool comes out of WebAssembly as 0 or 1, and may go in as a boolean.
  const result = returned === undefined ? 'void' : returned === 'bool' ? 'i32' : typeOf(returned);
  const line = `  readonly ${name}: (${parameters.join(', ')}) => ${result};`;
  if (line.length <= MOST_COLUMNS) return line;
  return [`  readonly ${name}: (`, ...parameters.map((parameter) => `    ${parameter},`), `  ) => ${result};`].join(
    '\n',
  );
}

/** Objects of the kernel are known by their addresses. */
function typeOf(type: string): string {
  return type.startsWith('src/kernel/') ? 'usize' : type;
}
