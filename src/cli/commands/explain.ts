import { type CommandHost, defineCommand } from '../define-command.ts'

/** Adds `explain`: tells what the code of an error means and what to do. */
export function addExplainCommand(host: CommandHost): void {
  const command = host.program
    .command('explain')
    .description('Show what the code of an error means, e.g. TC1003')
    .argument('<code>')
  defineCommand(host, command, async (context, [code = '']) => {
    const { explainCode } = await import('./explain-code.ts')
    return explainCode(context, code)
  })
}
