import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { NO_DEVICES } from '../../../../src/engine/local/device/container-devices.ts'
import { deviceProblems, resolveDevices } from '../../../../src/engine/local/device/resolve-devices.ts'
import { SYSTEM_DEVICE_SOURCES } from '../../../../src/engine/local/host/device-sources.ts'
import type { PathDevice } from '../../../../src/model/device.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const isRoot = process.getuid?.() === 0
const ORIGIN = servicePath('web', 'devices', 0)

function aDevice(source: string, target = source, permissions = 'rwm'): PathDevice {
  return { kind: 'path', source, target, permissions, origin: ORIGIN }
}

function makeNode(path: string, ...numbers: readonly string[]): void {
  const { status, stderr } = spawnSync('mknod', ['-m', '640', path, ...numbers], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

test('resolveDevices() takes numbers, owner and mode of the node from the host, and allows it', () => {
  const { nodes, rules } = resolveDevices(
    { name: 'web', devices: [aDevice('/dev/zero', '/opt/zero', 'r')] },
    SYSTEM_DEVICE_SOURCES,
  )
  expect(nodes).toEqual([
    expect.objectContaining({ path: '/opt/zero', kind: 'character', major: 1, minor: 5, origin: ORIGIN }),
  ])
  expect(nodes[0]?.mode).toBe(0o666)
  expect(rules).toEqual([{ kind: 'character', major: 1, minor: 5, access: 'r' }])
})

test('resolveDevices() follows a link to the device', () => {
  using folder = temporaryFolder()
  symlinkSync('/dev/zero', join(folder.path, 'link'))
  const { nodes } = resolveDevices(
    { name: 'web', devices: [aDevice(join(folder.path, 'link'), '/dev/z')] },
    SYSTEM_DEVICE_SOURCES,
  )
  expect(nodes).toMatchObject([{ path: '/dev/z', major: 1, minor: 5 }])
})

test.skipIf(!isRoot)('resolveDevices() expands a folder, links and files left out (needs root)', () => {
  using folder = temporaryFolder()
  const snd = join(folder.path, 'snd')
  mkdirSync(join(snd, 'deep'), { recursive: true })
  makeNode(join(snd, 'a'), 'c', '1', '3')
  makeNode(join(snd, 'deep/b'), 'b', '7', '0')
  symlinkSync('a', join(snd, 'link'))
  writeFileSync(join(snd, 'file'), '')
  const { nodes, rules } = resolveDevices(
    { name: 'web', devices: [aDevice(snd, '/dev/snd', 'rw')] },
    SYSTEM_DEVICE_SOURCES,
  )
  expect(nodes).toMatchObject([
    { path: '/dev/snd/a', kind: 'character', mode: 0o640 },
    { path: '/dev/snd/deep/b', kind: 'block', major: 7, minor: 0 },
  ])
  expect(rules.map(({ access }) => access)).toEqual(['rw', 'rw'])
})

test('resolveDevices() adds the rules of the file behind those of devices', () => {
  const rule = { kind: 'character', major: 188, minor: undefined, access: 'rw' } as const
  expect(resolveDevices({ name: 'web', deviceRules: [rule] }, SYSTEM_DEVICE_SOURCES)).toEqual({
    ...NO_DEVICES,
    rules: [rule],
  })
})

test('deviceProblems() names each device that is none, with its place', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  const devices = [aDevice('/dev/nothing'), aDevice(file), aDevice(folder.path), aDevice('/dev/null')]
  expect(
    deviceProblems({ name: 'web', devices }, SYSTEM_DEVICE_SOURCES).map(({ code, message, origin }) => ({
      code,
      message,
      origin,
    })),
  ).toEqual(
    [
      ['/dev/nothing', 'it does not exist'],
      [file, 'it is not a device, expected a device node or a folder of them'],
      [folder.path, 'it is a folder without a device, expected a device node or a folder of them'],
    ].map(([path, state]) => ({
      code: 'device-not-found',
      message: `Cannot use device "${path}": ${state}`,
      origin: ORIGIN,
    })),
  )
})
