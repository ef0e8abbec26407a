import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LaunchOp, LaunchStep } from '../../../src/runtime/launch/launch-op.ts'
import { mountKindClash } from '../../../src/runtime/launch/mount-kind-clash.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const TARGET = '/etc/passwd'

function programOf(source: string, directory: boolean): readonly LaunchStep[] {
  const ops: readonly LaunchOp[] = [
    { op: 'open-tree', slot: 3, source, recursive: true, attributes: 0, propagation: 0 },
    { op: 'make-target', target: TARGET, directory, mode: 0o755 },
    { op: 'place-tree', slot: 3, target: TARGET },
  ]
  return ops.map(op => ({ op, purpose: 'mount it', optional: false, origin: undefined }))
}

function clashOf(source: string, directory: boolean, errnoName = 'EINVAL') {
  const program = programOf(source, directory)
  const [, , place] = program
  return place === undefined ? undefined : mountKindClash(place.op, { errnoName }, program)
}

describe('mountKindClash()', () => {
  test('says that an empty folder was made where nothing was', () => {
    using folder = temporaryFolder()
    const source = join(folder.path, 'passwd')
    mkdirSync(source)
    expect(clashOf(source, true)).toEqual({
      reason: `"${source}" is a folder, and /etc/passwd is a file in the container`,
      hint: `There was nothing at "${source}", so an empty folder was created: remove it and create the file`,
    })
  })

  test('says that a folder with content meets a file', () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'x'), '')
    expect(clashOf(folder.path, true)?.hint).toBe('Mount a file, or a folder at another target')
  })

  test('says that a file meets a folder', () => {
    expect(clashOf('/srv/app.conf', false)).toEqual({
      reason: '"/srv/app.conf" is a file, and /etc/passwd is a folder in the container',
      hint: 'Mount it at a path below /etc/passwd, or mount a folder',
    })
  })

  test('does not name what the launch itself has made', () => {
    const ops: readonly LaunchOp[] = [
      { op: 'mount', source: 'tmpfs', target: '/run/root', type: 'tmpfs', flags: 0, data: '' },
      { op: 'write-file', path: '/run/root/x', content: Buffer.from(''), create: true, mode: 0o400 },
    ]
    const made = ops.map(op => ({ op, purpose: 'make it', optional: false, origin: undefined }))
    const clash = (source: string, directory: boolean) => {
      const program = [...made, ...programOf(source, directory)]
      const place = program.at(-1)
      return place === undefined ? undefined : mountKindClash(place.op, { errnoName: 'ENOTDIR' }, program)
    }
    expect(clash('/run/root/x', false)).toEqual({
      reason: 'it is a file, and /etc/passwd is a folder in the container',
      hint: 'Choose another target',
    })
    expect(clash('/run/root', true)?.reason).toBe(
      'it is a folder, and /etc/passwd is a file in the container',
    )
  })

  test('knows nothing of other failures', () => {
    expect(clashOf('/srv/app.conf', false, 'EPERM')).toBeUndefined()
    expect(mountKindClash({ op: 'chdir', path: '/' }, { errnoName: 'ENOTDIR' }, [])).toBeUndefined()
  })
})
