/** What the library exports: the names, and that each type that they mention has one. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/runMeter.ts';

type Declaration = { readonly file: string; readonly name: string };
type Module = {
  /** Names that come from other modules, those that are only passed on among them. */
  readonly from: ReadonlyMap<string, Declaration>;
  readonly passedOn: readonly (readonly [string, Declaration])[];
  /** By name: the text of what is declared. */
  readonly declared: ReadonlyMap<string, string>;
};

const modules = new Map<string, Module>();

/** Reads `dist/FILE.d.ts`. Good enough for what the compiler writes, not for any declarations. */
function moduleCalled(file: string): Module {
  const known = modules.get(file);
  if (known) return known;
  const text = readFileSync(join(ROOT, 'dist', `${file}.d.ts`), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const named = (keyword: string) =>
    [...text.matchAll(new RegExp(`^${keyword} (?:type )?\\{([^}]*)\\} from '(\\.[^']*)\\.ts'`, 'gm'))].flatMap(
      ([, names = '', path = '']) =>
        names.split(',').flatMap((written) => {
          if (written.trim() === '') return []; // behind the last comma
          const [name = '', own = name] = written
            .trim()
            .replace(/^type /, '')
            .split(' as ');
          return [[own, { file: normalize(join(file, '..', path)), name }] as const];
        }),
    );
  const stars = [...text.matchAll(/^export type \* from '(\.[^']*)\.ts'/gm)].flatMap(
    ([, path = '']) => moduleCalled(normalize(join(file, '..', path))).passedOn,
  );
  const declarations = text.matchAll(
    /^(?:export )?(?:declare )?(?:type|interface|class|function\*?|const|let) (\w+)([\s\S]*?)(?=^(?:export|declare|type|interface|class|function|const|import)\b|$(?![\s\S]))/gm,
  );
  const passedOn = [...named('export'), ...stars];
  const declared = new Map([...declarations].map(([, name = '', body = '']) => [name, body]));
  const read = { from: new Map([...named('import'), ...passedOn]), passedOn, declared };
  modules.set(file, read);
  return read;
}

/** Where a name is declared, through all modules that pass it on; undefined for names of other packages. */
function origin(file: string, name: string): Declaration | undefined {
  const { from, declared } = moduleCalled(file);
  if (declared.has(name)) return { file, name };
  const next = from.get(name);
  return next && origin(next.file, next.name);
}

const keyOf = ({ file, name }: Declaration) => `${file} ${name}`;
const exported = moduleCalled('index').passedOn;

test('the names of the library are these', async () => {
  const names = exported.map(([name]) => name).sort();
  expect(new Set(names).size).toBe(names.length);
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot('publicNames.txt');
});

test('every type that an exported declaration mentions is exported itself', () => {
  const origins = exported.map(([, { file, name }]) => origin(file, name)!);
  const known = new Set(origins.map(keyOf));
  expect(known.size).toBeGreaterThan(100);
  const missing = origins.flatMap(({ file, name }) => {
    const body = moduleCalled(file)
      .declared.get(name)!
      .replace(/'[^']*'|private [^;]*;/g, '');
    return [...body.matchAll(/(?<![\w.])[A-Z]\w*/g)].flatMap(([word]) => {
      const mentioned = /^[A-Z_]+$/.test(word) ? undefined : origin(file, word); // constants: only the types made of them
      return mentioned && !known.has(keyOf(mentioned)) ? [`${keyOf(mentioned)}, mentioned by ${name}`] : [];
    });
  });
  expect([...new Set(missing)].sort()).toEqual([]);
});
