import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  claimOwners,
  containerOwners,
  ownersProblem,
  releaseOwners,
} from '../../../../src/engine/local/user-namespace/container-owners.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'

const project = parseProjectName('shop')
const [one, two, three] = ['1', '2', '3'].map(digit => parseContainerId(digit.repeat(64))) as [
  ReturnType<typeof parseContainerId>,
  ReturnType<typeof parseContainerId>,
  ReturnType<typeof parseContainerId>,
]
const web = { name: 'web', userns: { size: 1000 } }

function place(lines = 'tcompose:100000:131072\n') {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-owners-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['subuid', 'subgid']) writeFileSync(join(folder, name), lines)
  return { roots: { data: folder, run: folder }, project, host: { idFolder: folder } }
}

test('claimOwners() gives each container a block of its own, once, and containerOwners() returns as much as it asked for', () => {
  const at = place()
  for (const id of [one, two, one]) claimOwners(at, id, web)
  expect(readdirSync(join(at.roots.data, 'owners')).sort()).toEqual(['100000-100000', '165536-165536'])
  const maps = [{ containerID: 0, hostID: 165_536, size: 1000 }]
  expect(containerOwners(at.roots, { project, id: two }, web)).toEqual({
    uidMappings: maps,
    gidMappings: maps,
  })
})

test('claimOwners() fails when all ids are taken, and takes those that were given back', () => {
  const at = place()
  for (const id of [one, two]) claimOwners(at, id, web)
  expect(() => claimOwners(at, three, web)).toThrow('other containers have all ids of "tcompose"')
  releaseOwners(at.roots, { project, id: one })
  claimOwners(at, three, web)
  expect(containerOwners(at.roots, { project, id: three }, web)?.uidMappings[0]?.hostID).toBe(100_000)
})

test('ownersProblem() names both files where tcompose has no ids, and nothing for a service that wants none', () => {
  const { host } = place('alice:100000:65536\n')
  const problem = ownersProblem(web, host.idFolder)
  expect(problem?.message).toContain(`no 65536 ids in ${host.idFolder}/subuid and ${host.idFolder}/subgid`)
  expect(problem?.hint).toBe('Add the line "tcompose:1000013824:65536000" to both files')
  expect(ownersProblem({ name: 'web' }, host.idFolder)).toBeUndefined()
})

test('containerOwners() of a container whose claim is lost is an error, not the ids of the host', () => {
  const at = place()
  expect(() => containerOwners(at.roots, { project, id: one }, web)).toThrow('is lost')
  expect(containerOwners(at.roots, { project, id: one }, { name: 'web' })).toBeUndefined()
})

test.for([
  [{}, [{ containerID: 0, hostID: 100_000, size: 1000 }]],
  [
    { keep: { uid: 500, gid: 0, caller: { uid: 1001, gid: 1002 } } },
    [
      { containerID: 0, hostID: 100_000, size: 500 },
      { containerID: 500, hostID: 1001, size: 1 },
      { containerID: 501, hostID: 100_501, size: 499 },
    ],
  ],
  [
    { keep: { uid: 1000, gid: 0, caller: { uid: 1001, gid: 1002 } } },
    [
      { containerID: 0, hostID: 100_000, size: 1000 },
      { containerID: 1000, hostID: 1001, size: 1 },
    ],
  ],
] as const)(
  'containerOwners() with %j puts what is kept in the place of the block',
  ([kept, uidMappings]) => {
    const at = place()
    const service = { name: 'web', userns: { size: 1000, ...kept } }
    claimOwners(at, one, service)
    const maps = containerOwners(at.roots, { project, id: one }, service)
    expect(maps?.uidMappings).toEqual(uidMappings)
    if (maps?.gidMappings.length !== 1)
      expect(maps?.gidMappings).toEqual([
        { containerID: 0, hostID: 1002, size: 1 },
        { containerID: 1, hostID: 100_001, size: 999 },
      ])
  },
)
