import { Argument } from 'commander'
import { SHELLS, type Shell, shellScript } from '../complete/shell-scripts.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'

/** `completion`: writes the script with which a shell completes commands, options and names of services. */
export const command: CommandDefinition = defineCommand({
  describe: completion =>
    completion
      .description('Write the script that completes commands in a shell')
      .addArgument(new Argument('<shell>', 'Whose script to write').choices(SHELLS)),
  examples: [
    ['source <(tcompose completion bash)', 'in ~/.bashrc'],
    ['tcompose completion zsh > /usr/local/share/zsh/site-functions/_tcompose', 'for every user'],
    ['tcompose completion fish > ~/.config/fish/completions/tcompose.fish', 'for you'],
  ],
  dryRun: 'reads',
  run: async ({ ports }, [shell]) => {
    ports.stdout.write(shellScript(shell as Shell))
    return EXIT.done
  },
})
