import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'
import { findNetwork } from './external-network.ts'
import { readInterfaceNames } from './interface-names.ts'
import type { NetworkRecord } from './network-record.ts'

/** Where a container was to be connected. */
export interface ConnectAttempt {
  readonly roots: Roots
  readonly project: ProjectName
  readonly records: readonly NetworkRecord[]
}

/**
 * Returns what to throw in place of `error`, with which connecting a container failed: which network's bridge does not
 * exist, as after a restart of the host, and who makes it again. Undefined for other errors.
 */
export function bridgeGone(
  error: unknown,
  { roots, project, records }: ConnectAttempt,
): TcomposeError | undefined {
  if (errnoNameOf(error) !== 'ENODEV') return undefined
  const interfaces = readInterfaceNames()
  const record = records.find(
    ({ network, bridge }) => !interfaces.has(bridge ?? network.options?.parent ?? ''),
  )
  if (record === undefined) return undefined
  const { key, name } = record.network
  const owner = findNetwork(roots, name)?.project ?? project
  const what = record.bridge === undefined ? `interface ${record.network.options?.parent}` : 'bridge'
  const whose = owner === project ? '' : ` of project "${owner}"`
  return new TcomposeError('network', `Cannot use network "${name}"${whose}: its ${what} does not exist`, {
    hint:
      owner === project
        ? 'Run `tcompose up`, which recreates it'
        : `Run \`tcompose up\` for project "${owner}" first, which recreates it`,
    origin: networkPath(key),
    cause: error,
  })
}
