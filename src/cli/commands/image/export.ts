import { exportImages } from '../../../app/export-images.ts'
import { loadRequested } from '../../../app/find-project.ts'
import { writeArchive } from '../../archive-streams.ts'
import type { CommandContext } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { reportDiagnostics, reportInvalid } from '../../report.ts'
import { safeLine } from '../../views/safe-text.ts'

interface Values {
  readonly output?: string
}

/** `image export`: writes the images of a project to an archive, and says what is not in it. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: exporting =>
    exporting
      .description('Save the images of a project as an archive')
      .argument('[service...]')
      .option('-o, --output <file>', 'Archive to write instead of standard output'),
  examples: [['tcompose image export -o shop.tar', 'all that the project needs']],
  run: writeImages,
})

async function writeImages(
  context: CommandContext,
  services: readonly string[],
  { output }: Values,
): Promise<number> {
  const { ports, request } = context
  const checked = await ports.call(loadRequested, request)
  if (checked.project === undefined) return reportInvalid(context, checked.diagnostics)
  const result = await writeArchive(context, output, async write =>
    ports.call(exportImages, request, { services, output: write, signal: ports.interrupts.first }),
  )
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  for (const folder of result.folders) {
    ports.stderr.write(`warning: ${safeLine(folder)} is a folder, not an image: it is not in the archive\n`)
  }
  return EXIT.done
}
