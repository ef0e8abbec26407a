import { expect, test } from 'vitest'
import {
  enterNamespaceSteps,
  joinNamespaceSteps,
  makeNamespaceSteps,
  mappedOverlaySteps,
  networkOwnerSteps,
  withOuterOwners,
} from '../../../src/runtime/launch/user-namespace-steps.ts'

const maps = {
  uidMappings: [{ containerID: 0, hostID: 100_000, size: 1000 }],
  gidMappings: [{ containerID: 0, hostID: 200_000, size: 1000 }],
}
const details = { purpose: 'mount it' }
const opsOf = (steps: ReturnType<typeof makeNamespaceSteps>) => steps.map(({ op }) => op)

test('makeNamespaceSteps() makes the namespace before files belong to its root', () => {
  expect(opsOf(makeNamespaceSteps(maps))).toEqual([
    { op: 'make-user-namespace', slot: 252, uidMap: '0 100000 1000\n', gidMap: '0 200000 1000\n' },
    { op: 'set-file-owner', uid: 100_000, gid: 200_000 },
  ])
  expect(opsOf(enterNamespaceSteps(maps))).toEqual([{ op: 'enter-user-namespace', slot: 252 }])
  expect(opsOf(joinNamespaceSteps(maps))).toEqual([{ op: 'join-target', namespaces: 0x10000000 }])
})

test('makeNamespaceSteps() takes the namespace that owns the network of the container, where it has one of its own', () => {
  expect(opsOf(makeNamespaceSteps(maps, { network: networkOwnerSteps(maps) }))[0]).toEqual({
    ...{ op: 'owning-user-namespace', slot: 252 },
    ...{ uidMap: '0 100000 1000\n', gidMap: '0 200000 1000\n' },
  })
})

test('a container without a user namespace has none of these steps', () => {
  for (const steps of [makeNamespaceSteps, enterNamespaceSteps, joinNamespaceSteps])
    expect(steps(undefined)).toEqual([])
})

test('mappedOverlaySteps() shows each layer, and the folder above the writable ones, with the owners of the namespace', () => {
  const input = {
    image: 'x',
    layers: ['/l/a', '/l/b'],
    writable: { upper: '/c/upper', work: '/c/work' },
    layersDir: '/l',
  }
  const ops = opsOf(mappedOverlaySteps(input, '/root', details))
  expect(ops.filter(({ op }) => op === 'open-tree').map(op => 'source' in op && op.source)).toEqual([
    '/l/a',
    '/l/b',
    '/c',
  ])
  expect(ops.filter(({ op }) => op === 'map-tree-by')).toHaveLength(3)
  expect(ops.at(-1)).toMatchObject({
    op: 'mount',
    target: '/root',
    data: 'lowerdir=/root/1:/root/0,upperdir=/root/changes/upper,workdir=/root/changes/work,index=off',
  })
})

test('withOuterOwners() puts users of the host in the place of those of the container, and leaves what it lacks', () => {
  const chown = (uid: number, gid: number) => ({
    ...{ purpose: '', optional: false, origin: undefined },
    op: { op: 'chown', path: '/x', uid, gid } as const,
  })
  const mount = {
    op: 'mount',
    source: 'tmpfs',
    target: '/t',
    type: 'tmpfs',
    flags: 0,
    data: 'uid=33,mode=700,gid=5',
  } as const
  const steps = [chown(0, 5), chown(0xffffffff, 5000), { ...chown(0, 0), op: mount }]
  expect(opsOf(withOuterOwners(steps, maps))).toEqual([
    { op: 'chown', path: '/x', uid: 100_000, gid: 200_005 },
    { op: 'chown', path: '/x', uid: 0xffffffff, gid: 5000 },
    { ...mount, data: 'uid=100033,mode=700,gid=200005' },
  ])
  expect(withOuterOwners(steps, undefined)).toBe(steps)
})
