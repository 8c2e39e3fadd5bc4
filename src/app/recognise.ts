/** Recognises formats that platforms write, so that a run without a mapping ends with the flag that reads them. */
import { readYaml } from '../config/yamlFile.ts';
import type { Problem } from '../core/problem.ts';
import type { ReadRequest, ReadResult } from '../telemetry/reader.ts';
import { InputFailure, openSource, type Source } from '../telemetry/source.ts';
import { canReadAgain } from '../telemetry/spooledPipes.ts';
import type { Ports } from './ports.ts';
import { presetFile, presetNames, presetText, presetTitle } from './presets.ts';
import { Refusal } from './refusal.ts';

type Request = Omit<ReadRequest, 'onReject' | 'signal'>;

/**
 * Reads exports to their end. Where that fails and no mapping was given, sources in a format of a preset are named, in
 * place of what is wrong with them as exports of our own columns.
 */
export async function readRecognising(request: Request, ports: Pick<Ports, 'read'>): Promise<ReadResult> {
  try {
    return await ports.read(request);
  } catch (error) {
    if (!(error instanceof Refusal) || error.fault !== 'input' || request.mapping) throw error;
    const known = await knownFormats(request.sources);
    if (known.length === 0) throw error;
    const files = new Set(known.map(({ source }) => source!.file));
    const others = error.problems.filter(({ source }) => source !== undefined && !files.has(source.file));
    throw new Refusal('input', [...others, ...known]);
  }
}

/** A problem for each format that is recognised, about the first source that has it. */
export async function knownFormats(sources: readonly Source[]): Promise<Problem[]> {
  const found = new Map<string, Problem>();
  for (const source of sources.filter(canReadAgain).slice(0, MOST_SOURCES)) {
    const [preset] = await presetsLike(source);
    if (preset === undefined || found.has(preset)) continue;
    found.set(preset, {
      severity: 'error',
      code: 'input/known-format',
      source: { file: source.name },
      message: `this looks like the format ${preset}: ${presetTitle(preset)}`,
      hint: `read it with --preset ${preset}; meter preset ${preset} prints which fields that takes`,
    });
  }
  return [...found.values()];
}

/** The presets that a source looks like; several, only if they are not told apart well enough. */
export async function presetsLike(source: Source): Promise<readonly string[]> {
  const lines = await firstLines(source);
  return presetNames().filter((name) => patternsOf(name).some((pattern) => lines.some((line) => pattern.test(line))));
}

const MOST_SOURCES = 20;

function patternsOf(preset: string): RegExp[] {
  const { tree } = readYaml(presetText(preset), presetFile(preset));
  const patterns = (tree as { recognised_by?: string | string[] }).recognised_by ?? [];
  return [patterns].flat().map((pattern) => new RegExp(pattern, 'u'));
}

const MOST_LINES = 5;
/** Characters of a line that are looked at. */
const MOST_CHARACTERS = 10_000;

async function firstLines(source: Source): Promise<string[]> {
  try {
    for await (const chunk of openSource(source).chunks)
      return chunk
        .toString('utf8')
        .split('\n', MOST_LINES)
        .map((line) => line.slice(0, MOST_CHARACTERS));
  } catch (error) {
    if (!(error instanceof InputFailure)) throw error; // the reader has said what is wrong with it
  }
  return [];
}
