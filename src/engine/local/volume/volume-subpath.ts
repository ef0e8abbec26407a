import { fstatSync } from 'node:fs'
import type { ModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { bytePath } from '../../../disk/byte-path.ts'
import { openBeneath } from '../../../disk/open-beneath.ts'
import { O_PATH } from '../../../disk/openat2.ts'
import { SystemCallError } from '../../../linux/libc.ts'

/** A part of a volume, and where the file asks for it. */
export interface VolumePart {
  /** The volume's key. */
  readonly volume: string
  readonly subpath: string
  readonly origin: ModelPath
}

/**
 * Tells whether a part of the volume with the content `data` is no folder. The launch opens it again by the same rules,
 * so what a container puts in its place meanwhile is an error or as good.
 *
 * @throws {TcomposeError} `volume-subpath`.
 */
export function isFileInVolume(data: string, part: VolumePart): boolean {
  try {
    using opened = openBeneath(bytePath(data), bytePath(part.subpath), O_PATH)
    return !fstatSync(opened.fd).isDirectory()
  } catch (error) {
    if (error instanceof SystemCallError) throw subpathError(error, part)
    throw error
  }
}

function subpathError(cause: SystemCallError, { volume, subpath, origin }: VolumePart): TcomposeError {
  const { reason, hint } = explain(cause)
  const message = `Cannot mount "${subpath}" of volume "${volume}": ${reason}`
  return new TcomposeError('volume-subpath', message, { hint, origin, cause })
}

function explain({ errnoName }: SystemCallError): { readonly reason: string; readonly hint: string } {
  switch (errnoName) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        reason: 'the volume has no such folder or file',
        hint: 'Correct the subpath, or have a service that runs before create it in the volume',
      }
    case 'ELOOP':
    case 'EXDEV':
      return {
        reason: 'there is a link on the path, and it could lead out of the volume',
        hint: 'Write the path that the link leads to, without links',
      }
    default:
      return { reason: errnoName, hint: 'Correct the subpath' }
  }
}
