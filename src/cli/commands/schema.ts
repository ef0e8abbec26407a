import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'

/** Adds `schema`: prints the JSON Schema of Compose files, for editors. */
export function addSchemaCommand(host: CommandHost): void {
  const command = host.program.command('schema').description('Show the JSON Schema of Compose files')
  defineCommand(host, command, async ({ ports }) => {
    ports.stdout.write(ports.readPackageFile('schemas/compose.schema.json'))
    return EXIT.done
  })
}
