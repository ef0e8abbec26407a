import { getSystemErrorMessage } from 'node:util'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'

/** Returns the error to show for `cause`, which came from writing to what messages call `name`. */
export function writeFailure(name: string, cause: unknown): TcomposeError {
  const { state, hint } = stateOf(cause)
  return new TcomposeError('system-call', `Cannot write ${name}: ${state}`, { hint, cause })
}

interface Refusal {
  readonly state: string
  readonly hint: string
}

function stateOf(error: unknown): Refusal {
  const known = REFUSALS.get(errnoNameOf(error) ?? '')
  if (known !== undefined) return known
  return { state: reasonOf(error), hint: 'Check the path, its permissions and the free space on its disk' }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return getSystemErrorMessage(error.errno)
  }
  return error instanceof Error ? error.message : String(error)
}

const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['EISDIR', { state: 'it is a folder, expected a file', hint: 'Name a file in the folder' }],
  [
    'ENXIO',
    {
      state: 'it is a socket or a device that is not there, expected a file, a device or a pipe',
      hint: 'Name another path',
    },
  ],
  ['EPIPE', { state: 'its reader has exited', hint: 'Let the reader read to the end, or write to a file' }],
])
