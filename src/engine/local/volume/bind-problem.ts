import { statSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'

/** Returns why the folder `path` of the host cannot be volume `volume`; undefined if it can. */
export function bindProblem(volume: string, path: string): TcomposeError | undefined {
  const reason = reasonAgainst(path)
  if (reason === undefined) return undefined
  return new TcomposeError('volume', `Cannot use ${path} as volume "${volume}": ${reason}`, {
    hint: `Create it first: mkdir -p ${path}`,
  })
}

function reasonAgainst(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return 'it does not exist'
    return stats.isDirectory() ? undefined : 'it is no folder'
  } catch (error) {
    return errnoNameOf(error) ?? String(error)
  }
}
