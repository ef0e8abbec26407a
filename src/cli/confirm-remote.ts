import { config } from '../app/config.ts'
import { loadRequested } from '../app/find-project.ts'
import { isRemoteAddress, type TemplateVariable } from '../app/index.ts'
import { askYes } from './ask-yes.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { safeText } from './views/safe-text.ts'
import { textTable } from './views/text-table.ts'

/**
 * Says where a project from another machine is kept, and what its variables are, and asks whether to go on; undefined is a
 * yes, else the exit code. A project of this machine needs no answer, nor does one without variables.
 */
export async function refusedRemote(
  context: CommandContext,
  { yes = false }: { readonly yes?: boolean },
): Promise<number | undefined> {
  const { ports, request } = context
  const [first = ''] = request.files
  if (!isRemoteAddress(first) || context.isDryRun) return undefined
  const { project } = await untilInterrupted(context, ports.call(loadRequested, request))
  // What is wrong with the file is for the command to say.
  if (project === undefined) return undefined
  ports.stderr.write(safeText(`Your compose stack "${first}" is stored in "${project.workingDir}"\n`))
  if (yes) return undefined
  const view = { kind: 'variables' } as const
  const result = await untilInterrupted(context, ports.call(config, request, view))
  if (result.kind !== 'variables' || result.variables.length === 0) return undefined
  const set = await untilInterrupted(context, ports.call(config, request, { kind: 'environment' }))
  const values = new Map(set.kind === 'lines' ? set.lines.map(nameAndValue) : [])
  ports.stderr.write(safeText(variablesText(result.variables, values)))
  const question = '\nDo you want to proceed with these variables? [Y/n]: '
  if (!(await askYes(context, question, { byDefault: true }))) {
    ports.stderr.write('operation cancelled by user\n')
    return ports.interrupts.first.aborted ? ports.interrupts.exitCode : EXIT.failed
  }
  return undefined
}

function nameAndValue(line: string): readonly [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** `values` are those of the process and of env files. */
function variablesText(variables: readonly TemplateVariable[], values: ReadonlyMap<string, string>): string {
  const rows = variables.map(({ name, required, defaultValue }) => {
    const set = values.get(name)
    const [value, source] =
      set !== undefined
        ? [set, 'environment']
        : defaultValue === ''
          ? ['<unset>', 'none']
          : [defaultValue, 'compose file']
    return [name, value, source, required ? 'yes' : 'no', defaultValue]
  })
  const table = textTable([['VARIABLE', 'VALUE', 'SOURCE', 'REQUIRED', 'DEFAULT'], ...rows])
  return `\nFound the following variables in configuration:\n${table}`
}
