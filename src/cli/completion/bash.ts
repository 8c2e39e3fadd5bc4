/** `meter completion bash`: works with the bash 3.2 of macOS, too. */
import { type Completed, type CompletedCommand, type CompletedFlag, PROGRAM_FLAGS } from './words.ts';

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  const withValue = PROGRAM_FLAGS.filter(({ value }) => value).map(({ long }) => long);
  return `# Completion of meter for bash. In ~/.bashrc: source <(meter completion bash)
_meter_words() {
  local IFS=$' \\n' word
  for word in $(compgen -W "$1" -- "$cur"); do COMPREPLY+=("$word"); done
}
_meter_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$cur")
}
_meter() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="" i
  COMPREPLY=()
  # bash takes --format=json for three words.
  if [[ $cur == = ]]; then cur=""; elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
${withValue.length > 0 ? `      ${withValue.join('|')}) ((i++)) ;;\n` : ''}      -*) ;;
      *) command="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$command:$prev" in
${programValues()}${commands.flatMap(flagCases).join('')}  esac
  if [[ $cur == -* ]]; then
    case "$command" in
${commands.map(({ name, flags }) => `      ${name}) _meter_words "${namesOf(flags)}" ;;\n`).join('')}      *) _meter_words "${namesOf(PROGRAM_FLAGS)}" ;;
    esac
    return
  fi
  case "$command" in
    "") _meter_words "${names.join(' ')}" ;;
${commands.flatMap(({ name, operand }) => (operand === undefined ? [] : [`    ${name}) ${answer(operand)} ;;\n`])).join('')}  esac
}
complete -F _meter meter
`;
}

/** The flags of the program itself, wherever they stand. */
function programValues(): string {
  return PROGRAM_FLAGS.flatMap((flag) =>
    flag.value ? [`    *:${flag.long}) ${answer(flag.value)}; return ;;\n`] : [],
  ).join('');
}

function flagCases({ name, flags }: CompletedCommand): string[] {
  return flags.flatMap((flag) => {
    if (!flag.value) return [];
    const patterns = [flag.short, flag.long].filter((one) => one !== undefined).map((one) => `${name}:${one}`);
    return [`    ${patterns.join('|')}) ${answer(flag.value)}; return ;;\n`];
  });
}

function answer(value: Completed): string {
  if (value === 'file') return '_meter_files';
  return value === 'text' ? ':' : `_meter_words "${value.words.join(' ')}"`;
}

function namesOf(flags: readonly CompletedFlag[]): string {
  return flags.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short])).join(' ');
}
