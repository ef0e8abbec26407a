import { UsageError } from '../usage-error.ts'

/** What docker detaches by unless it is told otherwise. */
export const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q'

/**
 * Reads keys separated by commas, each a character or `ctrl-` and one of `a` to `z`, `@`, `[`, `\`, `]`, `^` and `_`. Returns what a
 * terminal sends for them.
 *
 * @throws {UsageError} If `text` is no such list.
 */
export function parseDetachKeys(text: string): readonly number[] {
  if (text === '') return []
  return text.split(',').map(key => {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1]
    // The control key clears the upper three bits of a capital letter.
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f
    if (key.length === 1 && key.charCodeAt(0) < 0x80) return key.charCodeAt(0)
    throw new UsageError(`"${key}" is no key`, 'Write e.g. --detach-keys ctrl-x,x')
  })
}
