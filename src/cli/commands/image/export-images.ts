import { writeArchive } from '../../archive-streams.ts'
import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-codes.ts'
import { reportDiagnostics, reportInvalid } from '../../report.ts'
import { safeLine } from '../../views/safe-text.ts'

export interface ExportValues {
  readonly output?: string
}

/** Writes the images of a project to an archive, and says what is not in it. */
export async function exportImages(
  context: CommandContext,
  services: readonly string[],
  { output }: ExportValues,
): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const checked = await app.loadProject(request)
  if (checked.project === undefined) return reportInvalid(context, checked.diagnostics)
  const result = await writeArchive(context, output, async write =>
    app.exportImages(request, { services, output: write, signal: ports.interrupts.first }),
  )
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  for (const folder of result.folders) {
    ports.stderr.write(`warning: ${safeLine(folder)} is a folder, not an image: it is not in the archive\n`)
  }
  return EXIT.done
}
