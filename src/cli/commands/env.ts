import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../define-command.ts'

interface Values {
  readonly format: 'text' | 'json'
}

/** Adds `env explain`: tells where a variable comes from and who gets it. */
export function addEnvCommand(host: CommandHost): void {
  const env = host.program.command('env').description('Look into variables').helpCommand(false)
  const command = env
    .command('explain')
    .description('Show where a variable comes from, and who gets it')
    .argument('<variable>')
    .addOption(new Option('--format <format>', 'Output format').choices(['text', 'json']).default('text'))
  defineCommand<Values>(host, command, async (context, [name = ''], { format }) => {
    const { explainVariable } = await import('./explain-variable.ts')
    return explainVariable(context, name, format === 'json')
  })
}
