import { didYouMean } from '../../base/did-you-mean.ts'
import { ERROR_CODES } from '../../base/error-codes.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { UsageError } from '../usage-error.ts'
import { plainProse } from '../views/plain-prose.ts'

/** `explain`: writes what docs/errors.md says about a code, which may be given by its name or in small letters. */
export const command: CommandDefinition = defineCommand({
  describe: explain => explain.description('Explain an error code, e.g. TC1003').argument('<code>'),
  examples: [['tcompose explain TC1003', 'what an error means, and what to do']],
  dryRun: 'reads',
  run: async ({ ports, settings }, [text = '']) => {
    const code = findCode(text)
    const section = sectionOf(ports.readPackageFile('docs/errors.md'), code)
    ports.stdout.write(
      plainProse(section, {
        isColored: settings.isOutputColored,
        width: Math.min(ports.stdout.columns, 100),
      }),
    )
    return EXIT.done
  },
})

/** @throws {UsageError} If there is no such code. */
function findCode(text: string): string {
  const wanted = text.trim().toUpperCase()
  const found = Object.entries(ERROR_CODES).find(([name, code]) =>
    [code, code.slice(2), name.toUpperCase()].includes(wanted),
  )
  if (found !== undefined) return found[1]
  throw new UsageError(
    `there is no code "${text}"`,
    didYouMean(text, [...Object.values(ERROR_CODES), ...Object.keys(ERROR_CODES)]) ??
      'An error shows its code in brackets, such as error[TC1003]',
  )
}

/** A section extends from its heading to the next. */
function sectionOf(document: string, code: string): string {
  const section = document.split(/^## /m).find(part => part.startsWith(`${code} `))
  if (section === undefined) throw new Error(`Cannot explain ${code}: docs/errors.md has no section for it`)
  return section.trimEnd()
}
