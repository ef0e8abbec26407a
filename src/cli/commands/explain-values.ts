import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { explanationText } from '../views/explanation-text.ts'
import { safeJson } from '../views/safe-text.ts'

/** Writes where values of the file come from; `path` undefined is all of them. */
export async function explainValues(
  context: CommandContext,
  path: string | undefined,
  isJson: boolean,
): Promise<number> {
  const { ports, request, settings } = context
  const app = await ports.loadApp()
  const result = await untilInterrupted(context, app.explainValues(request, path))
  switch (result.kind) {
    case 'invalid':
      return reportInvalid(context, result.diagnostics)
    case 'not-found':
      throw new UsageError(
        `nothing is at "${path}"`,
        result.near === undefined
          ? 'Write a path such as services.web.image'
          : `did you mean "${result.near}"?`,
      )
    case 'explained':
      ports.stdout.write(
        isJson ? `${safeJson(result.values, 2)}\n` : explanationText(result.values, settings.isOutputColored),
      )
      return EXIT.done
  }
}
