import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { containerLayout } from '../../../src/engine/local/state/layout.ts'
import { readLiveRecord } from '../../../src/engine/local/state/live-files.ts'
import { parseContainerId, parseProjectName } from '../../../src/model/names.ts'
import { readProcessState } from '../../../src/runtime/keeper/process-files.ts'
import type { SceneContainer } from './tell-names.ts'

/** Returns the containers of project `name` below `state`, the folder of a test's project. */
export function ownContainers(state: string, name: string): readonly SceneContainer[] {
  const roots = { data: join(state, 'data'), run: join(state, 'run') }
  const project = parseProjectName(name)
  return readdirSync(join(roots.run, 'projects', name, 'containers'))
    .filter(id => /^[0-9a-f]{64}$/.test(id))
    .flatMap(id => {
      const layout = containerLayout(roots, project, parseContainerId(id))
      const live = readLiveRecord(layout.live)
      const process = readProcessState(layout)
      if (live === undefined) return []
      const places = live.endpoints.flatMap(({ network, ipv4Address, ipv6 }) =>
        [ipv4Address, ipv6?.address]
          .filter(address => address !== undefined)
          .map(address => ({ network, address })),
      )
      return [{ name: live.name, id, pid: process.kind === 'running' ? process.process.pid : 0, places }]
    })
}
