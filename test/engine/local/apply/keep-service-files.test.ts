import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { TcomposeError } from '../../../../src/base/tcompose-error.ts'
import { keepServiceFiles } from '../../../../src/engine/local/apply/keep-service-files.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import type { ServiceFile } from '../../../../src/model/service-file.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aFile } from '../../../support/model-builders.ts'

const variable = { source: { kind: 'environment', variable: 'V' } } as const
const unreadable = new TcomposeError('service-file', 'Cannot read it')

/** A scene whose container has `files`, and with what its files are read. */
function sceneWith(files: readonly ServiceFile[], read?: (file: ServiceFile) => Promise<Uint8Array>) {
  const scene = applyScene(read && { files: { read } })
  const { entry } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}`, files }))
  return { scene, entry }
}

test('keepServiceFiles() gives the keeper each file under a name of the container', async () => {
  const files = [aFile('secret', 'a'), aFile('config', 'b', variable)]
  const { scene, entry } = sceneWith(files, async ({ key }) => Buffer.from(key.repeat(5)))
  await using _ = scene
  await keepServiceFiles(scene.context, scene.keeper, entry)
  expect(await scene.keeper.held('files/')).toEqual([
    { name: 'files/111111111111/0', port: 0 },
    { name: 'files/111111111111/1', port: 0 },
  ])
  await keepServiceFiles(scene.context, scene.keeper, entry)
  // A file is read at each start; what else is kept stays.
  expect(scene.keeper.asked).toEqual(['keep 5 bytes', 'keep 5 bytes', 'keep 5 bytes'])
})

test('keepServiceFiles() leaves what cannot be read any more as it was, and says so', async () => {
  let isGone = false
  const { scene, entry } = sceneWith([aFile('secret', 'a')], async () => {
    if (isGone) throw unreadable
    return new Uint8Array(3)
  })
  await using _ = scene
  await keepServiceFiles(scene.context, scene.keeper, entry)
  isGone = true
  await keepServiceFiles(scene.context, scene.keeper, entry)
  expect(scene.said).toEqual(['warning: Cannot read it; service "web" has what it was started with'])
})

test('keepServiceFiles() fails for what can neither be read nor is kept', async () => {
  const { scene, entry } = sceneWith([aFile('secret', 'a')], () => Promise.reject(unreadable))
  await using _ = scene
  await expect(keepServiceFiles(scene.context, scene.keeper, entry)).rejects.toBe(unreadable)
  const { scene: other, entry: otherEntry } = sceneWith([aFile('secret', 'a')])
  await using __ = other
  await expect(keepServiceFiles(other.context, other.keeper, otherEntry)).rejects.toMatchObject({
    code: 'service-file',
    origin: 'services.web.secrets.0',
  })
})

test('keepServiceFiles() says what to do about a keeper of an earlier version', async () => {
  const { scene, entry } = sceneWith([aFile('secret', 'a')], async () => new Uint8Array())
  await using _ = scene
  const keeper = Object.assign(Object.create(scene.keeper), {
    keep: () => Promise.reject(new SystemCallError('keep', constants.errno.ENOSYS, 'of the keeper')),
    held: async () => [],
  })
  await expect(keepServiceFiles(scene.context, keeper, entry)).rejects.toMatchObject({
    code: 'keeper',
    hint: 'Run "tcompose down", then "tcompose up"',
  })
})
