import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { fetchImage } from '../../src/engine/local/image/fetch-image.ts'
import { lookupImage, openImage } from '../../src/store/images/lookup-image.ts'
import { pruneImages } from '../../src/store/prune-images.ts'
import { digestOf } from '../support/hand-made-layout.ts'
import { storedPaths, usersIn } from '../support/image-store.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { noise, serveImages } from '../support/registry/served-image.ts'
import { tarArchive } from '../support/tar-archive.ts'

const PROGRAM = resolve(import.meta.dirname, '../support/store-racer.ts')
const ROUNDS = 12

function race(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
}

async function endOf(child: ChildProcess): Promise<string> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const code = await new Promise(resolvePromise => child.once('close', resolvePromise))
  return code === 0 ? '' : `${code}: ${errors}`
}

test('pruneImages() in several processes takes nothing from pulls in others, which hold what they pulled by a lease', {
  timeout: 180_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  const shared = await tarArchive([{ name: 'shared', content: noise(200_000, 7) }])
  const references = await Promise.all(
    ['1', '2'].map(async tag => {
      const own = await tarArchive([{ name: `own-${tag}`, content: noise(100_000, Number(tag)) }])
      await served.push(tag, { layers: [shared, own], config: { Cmd: [tag] } })
      return `${served.host}/t/img:${tag}`
    }),
  )
  const roots = { data: join(served.folder, 'data'), run: join(served.folder, 'run') }
  const children = [
    ...references.map(reference => race('pull', roots.data, String(ROUNDS), reference)),
    race('prune', roots.data, String(4 * ROUNDS)),
    race('prune', roots.data, String(4 * ROUNDS)),
  ]
  expect(await Promise.all(children.map(endOf))).toEqual(['', '', '', ''])

  const [reference = ''] = references
  await fetchImage(roots, { reference }, { onProgress: () => {} })
  expect(openImage(roots, { reference }).layers.map(layer => readdirSync(layer))).toEqual([
    ['shared'],
    ['own-1'],
  ])
  const blobs = join(roots.data, 'images/blobs/sha256')
  expect(
    readdirSync(blobs).filter(name => digestOf(readFileSync(join(blobs, name))) !== `sha256:${name}`),
  ).toEqual([])
  await pruneImages(roots, { readUsers: usersIn(roots), all: true })
  expect(storedPaths(roots)).toEqual([])
  expect(lookupImage(roots, { reference })).toEqual({ kind: 'absent' })
})
