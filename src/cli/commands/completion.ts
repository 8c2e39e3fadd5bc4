import { command } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type CompletedCommand, completedCommand, completedHelp } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { EXIT } from '../io.ts';
import { writeOut } from '../output.ts';

/** The shells. A new one is a file in `completion/` and a line here. */
const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export default command({
  name: 'completion',
  summary: 'a script with which a shell completes commands, flags, values and files',
  operands: { name: 'shell', help: 'which', count: 'one', choices: Object.keys(SHELLS) },
  flags: {},
  examples: [
    ['completion bash > ~/.local/share/bash-completion/completions/meter', 'for every bash from now on'],
    ['completion zsh > ~/.zfunc/_meter', 'for zsh, where ~/.zfunc is in fpath'],
    ['completion fish > ~/.config/fish/completions/meter.fish', 'for fish'],
  ],
  async run({ operands: [shell], io, commands }) {
    const own = (await commands()).map(completedCommand);
    await writeOut(io, [SHELLS[shell!]!([...own, completedHelp(own)])]);
    return EXIT.done;
  },
});
