import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { servicePath } from '../../src/base/model-path.ts'
import { mountVolumesOf, unmountVolumesOf } from '../../src/engine/local/apply/container-volumes.ts'
import { containerLayout } from '../../src/engine/local/state/layout.ts'
import { volumeLayout } from '../../src/engine/local/volume/volume-layout.ts'
import { parseContainerId, parseProjectName } from '../../src/model/names.ts'
import { aContainerSpec } from './container-input.ts'

// A process that starts and ends a container with a volume that is a file system, again and again: `volume-racer.ts <data
// folder> <run folder> <project> <volume> <rounds>`. It fails if the file system is not mounted exactly once while the
// container lives.
const [data = '', run = '', name = '', volume = '', rounds = ''] = process.argv.slice(2)
const roots = { data, run }
const project = parseProjectName(name)
const id = parseContainerId('1'.repeat(64))
const { live } = containerLayout(roots, project, id)
const folder = volumeLayout(roots, volume).data
const marker = join(folder, name)
const spec = aContainerSpec({
  mounts: [
    {
      ...{ kind: 'volume', volume, target: parseAbsolutePath('/data'), readOnly: false, nocopy: true },
      ...{ subpath: undefined, origin: servicePath('web') },
    },
  ],
})
const entry = {
  id,
  phase: 'created',
  spec,
  createdAt: 1,
  imageId: undefined,
  command: [],
  anonymousVolumes: [],
} as const

mkdirSync(dirname(live), { recursive: true })
for (let round = 0; round < Number(rounds); round++) {
  const locks = await mountVolumesOf(roots, { project, entry })
  writeFileSync(live, '')
  locks.dispose()
  requireOneMount()
  writeFileSync(marker, '')
  await new Promise(resolve => setImmediate(resolve))
  requireOneMount()
  // What another process writes must reach this one: a second mount would cover it.
  readFileSync(marker)
  await unmountVolumesOf(roots, { project, entry })
  rmSync(live)
}

function requireOneMount(): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const found = mounts.filter(line => line.split(' ')[4] === folder).length
  if (found !== 1) throw new Error(`The volume is mounted ${found} times`)
}
