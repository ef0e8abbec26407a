import { TcomposeError } from '../../../base/tcompose-error.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { replicaLabel } from '../../../model/names.ts'
import { type ServiceFile, serviceFileLabel } from '../../../model/service-file.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { keptFileName, keptFilesPrefix } from '../mount/service-file-mounts.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/**
 * Has the keeper keep the secrets and configs of a container, from where its launches copy them. What it keeps already is
 * what the container was made with, and stays; but a file is read at each start, as if it were mounted. One that is gone
 * stays what it was.
 *
 * @throws {TcomposeError} `service-file` for what neither can be read nor is kept.
 */
export async function keepServiceFiles(
  { files: access, announced, warn }: ApplyContext,
  keeper: KeeperConnection,
  { id, spec }: ContainerEntry,
): Promise<void> {
  const { files = [] } = spec.config
  if (files.length === 0) return
  const isNew = announced.get(replicaLabel(spec)) === id
  const kept = new Set(isNew ? [] : (await keeper.held(keptFilesPrefix(id))).map(({ name }) => name))
  const keepOne = async (file: ServiceFile, index: number): Promise<void> => {
    const name = keptFileName(id, index)
    if (kept.has(name) && file.source.kind !== 'file') return
    try {
      await keep(keeper, name, (await access?.read(file)) ?? unknown(file))
    } catch (error) {
      const isUnreadable = error instanceof TcomposeError && error.code === 'service-file'
      if (!isUnreadable || !kept.has(name)) throw error
      warn(`${error.message}; service "${spec.service}" has what it was started with`)
    }
  }
  await Promise.all(files.map(keepOne))
}

function unknown(file: ServiceFile): never {
  throw new TcomposeError(
    'service-file',
    `Cannot read ${serviceFileLabel(file)}: where it is was not given`,
    {
      origin: file.origin,
      hint: 'Run "tcompose up" in the folder of the project',
    },
  )
}

async function keep(keeper: KeeperConnection, name: string, content: Uint8Array): Promise<void> {
  try {
    await keeper.keep(name, content)
  } catch (error) {
    if (!(error instanceof SystemCallError && error.errnoName === 'ENOSYS')) throw error
    throw new TcomposeError(
      'keeper',
      'Cannot give secrets and configs to the keeper: it is of an earlier version',
      {
        hint: 'Run "tcompose down", then "tcompose up"',
        cause: error,
      },
    )
  }
}
