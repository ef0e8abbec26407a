import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'

/** `schema`: prints the JSON Schema of Compose files, for editors. */
export const command: CommandDefinition = defineCommand({
  describe: schema => schema.description('Show the JSON Schema of Compose files'),
  examples: [['tcompose schema > compose.schema.json', 'for an editor']],
  dryRun: 'reads',
  run: async ({ ports }) => {
    ports.stdout.write(ports.readPackageFile('schemas/compose.schema.json'))
    return EXIT.done
  },
})
