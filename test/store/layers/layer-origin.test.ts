import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openImage } from '../../../src/store/images/lookup-image.ts'
import { areLayersOwn } from '../../../src/store/layers/layer-origin.ts'
import { archiveOf, load } from '../../support/image-store.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NAME = 'example.test/one:1'

test('areLayersOwn() is false for layers that were copied, which are unpacked again and then count', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: root.path }
  expect(areLayersOwn(roots)).toBe(true)
  const archive = archiveOf(root.path, [
    { layers: [await tarArchive([{ name: 'a', content: 'whole' }])], tag: NAME },
  ])
  await load(roots, archive)
  expect(areLayersOwn(roots)).toBe(true)
  renameSync(roots.data, join(root.path, 'old'))
  cpSync(join(root.path, 'old'), roots.data, { recursive: true, verbatimSymlinks: true })
  const copied = readdirSync(join(roots.data, 'layers/sha256'))[0] ?? ''
  writeFileSync(join(roots.data, 'layers/sha256', copied, 'a'), 'damaged')
  expect(areLayersOwn(roots)).toBe(false)
  expect(() => openImage(roots, { reference: NAME })).toThrow(
    expect.objectContaining({ code: 'image-not-found' }),
  )
  await load(roots, archive)
  expect(areLayersOwn(roots)).toBe(true)
  const [layer = ''] = openImage(roots, { reference: NAME }).layers
  expect(readFileSync(join(layer, 'a'), 'utf8')).toBe('whole')
  expect(readdirSync(join(roots.data, 'layers')).sort()).toEqual([
    'implied',
    'l',
    'origin',
    'sha256',
    'sizes',
  ])
})

test('areLayersOwn() is false for layers without a note, and with one that is damaged', () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  mkdirSync(join(root.path, 'layers/sha256/aa'), { recursive: true })
  expect(areLayersOwn(roots)).toBe(false)
  rmSync(join(root.path, 'layers/sha256/aa'), { recursive: true })
  expect(areLayersOwn(roots)).toBe(true)
  writeFileSync(join(root.path, 'layers/origin'), '')
  expect(areLayersOwn(roots)).toBe(false)
})

test.for([
  ['cut', (text: string) => text.slice(0, 20)],
  ['empty', () => ''],
  ['flipped', (text: string) => text.replace(/(\d)"\}$/, (_, digit) => `${Number(digit) ^ 1}"}`)],
] as const)('a note that is %s has no layers thrown away that containers run on', async ([, damage]) => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const archive = archiveOf(root.path, [
    { layers: [await tarArchive([{ name: 'a', content: 'whole' }])], tag: NAME },
  ])
  await load(roots, archive)
  const [layer = ''] = openImage(roots, { reference: NAME }).layers
  writeFileSync(join(layer, 'mark'), 'used')
  const note = join(roots.data, 'layers/origin')
  const changed = damage(readFileSync(note, 'utf8'))
  expect(changed).not.toBe(readFileSync(note, 'utf8'))
  writeFileSync(note, changed)
  expect(areLayersOwn(roots)).toBe(false)
  {
    await using _keeper = await keeperLike(join(roots.run, 'projects/shop'))
    await load(roots, archive)
    expect(areLayersOwn(roots)).toBe(true)
    expect(readFileSync(join(layer, 'mark'), 'utf8')).toBe('used')
  }
  writeFileSync(note, changed)
  await load(roots, archive)
  expect(existsSync(join(openImage(roots, { reference: NAME }).layers[0] ?? '', 'mark'))).toBe(false)
})

test('a note of an earlier version, without a checksum, counts', () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  const folder = join(root.path, 'layers/sha256')
  mkdirSync(join(folder, 'aa'), { recursive: true })
  writeFileSync(join(root.path, 'layers/origin'), JSON.stringify({ inode: String(statSync(folder).ino) }))
  expect(areLayersOwn(roots)).toBe(true)
})

/** Starts a process that is taken for the keeper of the project whose run folder is `folder`. */
async function keeperLike(folder: string): Promise<AsyncDisposable> {
  mkdirSync(folder, { recursive: true })
  const script = 'printf tc-keeper >/proc/$$/comm; echo ready; read line'
  const child = spawn('sh', ['-c', script, 'sh', join(folder, 'keeper.lock'), ''])
  await once(child.stdout, 'data')
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.stdin.end('\n')
      await ended
    },
  }
}
