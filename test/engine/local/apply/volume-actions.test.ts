import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createNamedVolume, removeNamedVolume } from '../../../../src/engine/local/apply/volume-actions.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aVolume } from '../../../support/model-builders.ts'
import { NO_LEASE } from '../../../support/no-lease.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test.for([
  { state: 'of nobody', user: 'own', left: [], warnings: 0 },
  { state: 'of another project', user: 'other', left: ['Resource is still in use'], warnings: 1 },
])('removeNamedVolume() says of a volume $state whether it stays', async ({ user, left, warnings }) => {
  using folder = temporaryFolder()
  const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
  const storeOf = (name: string) =>
    new RecordStore(parseProjectName(name), projectLayout(roots, parseProjectName(name)))
  const content = createVolume(roots, { name: 'shared', labels: new Map(), createdAt: 1 })
  if (user !== 'own') {
    const other = storeOf(user)
    const anonymousVolumes = [{ target: '/data', name: 'shared' }]
    const id = containerIdOf(1)
    const common = { phase: 'created', imageId: undefined, createdAt: 0, command: [] } as const
    other.setContainer(id, { ...common, id, spec: aContainerSpec({}), anonymousVolumes })
    await other.save()
  }
  const store = storeOf('own')
  const entry = { key: 'data', name: 'shared', configHash: '', external: false }
  store.setVolume('data', { ...entry, phase: 'created' })
  const said = { left: [] as string[], warnings: [] as string[] }
  const leave = (why: string): void => void said.left.push(why)
  const warn = (message: string): void => void said.warnings.push(message)
  const context = { roots, store, lease: NO_LEASE, leave, warn }
  await removeNamedVolume(context, { kind: 'remove-volume', key: 'data', name: 'shared' })
  expect([said.left, said.warnings.length]).toEqual([left, warnings])
  expect(existsSync(content)).toBe(warnings === 1)
  expect([...store.record.volumes.keys()]).toEqual(warnings === 1 ? ['data'] : [])
})

test('createNamedVolume() says whose volume it takes over, if another project made it', async () => {
  using folder = temporaryFolder()
  const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
  const warnings: string[] = []
  const create = async (name: string): Promise<void> => {
    const project = parseProjectName(name)
    const store = new RecordStore(project, projectLayout(roots, project))
    const context = { roots, store, project, warn: (message: string): void => void warnings.push(message) }
    const volume = aVolume('data', { name: 'shared' })
    await createNamedVolume(context, { kind: 'create-volume', volume, configHash: '' })
  }
  await create('maker')
  await create('maker')
  expect(warnings).toEqual([])
  await create('taker')
  expect(warnings).toEqual([
    'Volume shared was created by project maker; to use that of another project, write "external: true"',
  ])
})
