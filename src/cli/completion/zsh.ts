/** `meter completion zsh`. */
import { type Completed, type CompletedCommand, type CompletedFlag, PROGRAM_FLAGS } from './words.ts';

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef meter
# Completion of meter for zsh. In ~/.zshrc, after compinit: source <(meter completion zsh)
_meter() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}\n`).join('')}  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      _arguments ${PROGRAM_FLAGS.map(specOf).join(' ')}
    else
      _describe command commands
    fi
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join('')}  esac
}
if [[ $funcstack[1] == _meter ]]; then _meter "$@"; else compdef _meter meter; fi
`;
}

function caseOf({ name, flags, operand }: CompletedCommand): string {
  const specs = [...flags.map(specOf), ...(operand === undefined ? [] : [quoted(`*:argument:${answer(operand)}`)])];
  return `    ${name})\n      _arguments \\\n        ${specs.join(' \\\n        ')}\n      ;;\n`;
}

/** `'(-o --output)'{-o,--output}'[write there]:value:_files'`. */
function specOf({ long, short, help, value, isRepeated }: CompletedFlag): string {
  const about = `[${help.replaceAll(/[[\]:\\]/g, '\\$&')}]${value === undefined ? '' : `:value:${answer(value)}`}`;
  if (short !== undefined) return `${quoted(`(${short} ${long})`)}{${short},${long}}${quoted(about)}`;
  return quoted(`${isRepeated ? '*' : ''}${long}${about}`);
}

function answer(value: Completed): string {
  if (value === 'file') return '_files';
  return value === 'text' ? ' ' : `(${value.words.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
