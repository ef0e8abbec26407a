import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { variableText } from '../views/explanation-text.ts'
import { safeJson } from '../views/safe-text.ts'

/** Writes every source of a variable, which one wins, and what is made with it. */
export async function explainVariable(
  context: CommandContext,
  name: string,
  isJson: boolean,
): Promise<number> {
  const { ports, request, settings } = context
  const app = await ports.loadApp()
  const result = await untilInterrupted(context, app.explainVariable(request, name))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  const { use } = result
  ports.stdout.write(
    isJson
      ? `${safeJson({ ...use, services: Object.fromEntries(use.services) }, 2)}\n`
      : variableText(use, settings.isOutputColored),
  )
  return EXIT.done
}
