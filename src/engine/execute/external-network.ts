import { TcomposeError } from '../../base/tcompose-error.ts'
import type { NetworkRecord } from '../network/network-record.ts'
import { projectLayout, type Roots } from '../state/layout.ts'
import { listProjects } from '../state/list-projects.ts'
import { readProjectRecord } from '../state/project-record.ts'
import { networkRecordOf } from './execution-context.ts'

/**
 * Returns the network called `name` that another project of this engine made.
 *
 * @throws {TcomposeError} `network` if there is none.
 */
export function findExternalNetwork(
  roots: Roots,
  { key, name }: { readonly key: string; readonly name: string },
): NetworkRecord {
  for (const project of listProjects(roots)) {
    for (const entry of readProjectRecord(projectLayout(roots, project).record, project).networks.values()) {
      const record = entry.network.name === name ? networkRecordOf(entry) : undefined
      if (record !== undefined) return { ...record, network: { ...record.network, key } }
    }
  }
  throw new TcomposeError('network', `Cannot use external network "${name}": no project made it`, {
    hint: 'Bring up the project that declares it first, or remove "external"',
    origin: `networks.${key}`,
  })
}
