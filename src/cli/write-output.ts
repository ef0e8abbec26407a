import { writeFile } from 'node:fs/promises'
import { TcomposeError } from '../base/tcompose-error.ts'

/**
 * Writes `text` to the file at `path`, which is made or replaced.
 *
 * @throws {TcomposeError} `system-call` if that cannot be done.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it failed'
    throw new TcomposeError('system-call', `Cannot write "${path}": ${code}, expected a file to write to`, {
      hint: 'Check the folder and its permissions',
    })
  }
}
