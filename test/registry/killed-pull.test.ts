import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { fetchImage } from '../../src/engine/local/image/fetch-image.ts'
import { digestOf } from '../support/hand-made-layout.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { noise, serveImages } from '../support/registry/served-image.ts'
import { tarArchive } from '../support/tar-archive.ts'

const PROGRAM = resolve(import.meta.dirname, '../support/registry/pull-program.ts')
const KILLS = 16

/** Runs a pull in a process of its own and kills it when it has told of its progress so often. */
async function pullKilledAfter(notices: number, data: string, reference: string): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, data, reference], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise(resolvePromise => child.once('close', resolvePromise))
  let heard = 0
  for await (const _ of createInterface({ input: child.stdout })) {
    heard += 1
    if (heard === notices) child.kill('SIGKILL')
  }
  await ended
}

function wrongBlobs(data: string): readonly string[] {
  const folder = join(data, 'images/blobs/sha256')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter(name => digestOf(readFileSync(join(folder, name))) !== `sha256:${name}`)
}

test('a pull that is killed leaves no wrong blob, and the next one leaves nothing else', {
  timeout: 120_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  const layers = [1, 2, 3].map(seed => tarArchive([{ name: `f${seed}`, content: noise(300_000, seed) }]))
  await served.push('1', { layers: await Promise.all(layers) })
  const reference = `${served.host}/t/img:1`
  for (let notices = 1; notices <= KILLS; notices++) {
    // The state of one pull is the start of the next, but for every fourth, which starts with nothing.
    const data = join(served.folder, `data-${notices >> 2}`)
    await pullKilledAfter(notices, data, reference)
    expect(wrongBlobs(data)).toEqual([])
    if (notices % 4 !== 3) continue
    const image = await fetchImage({ data, run: data }, { reference }, { onProgress: () => {} })
    expect(image.layers.map(layer => readdirSync(layer))).toEqual([['f1'], ['f2'], ['f3']])
    expect(readdirSync(join(data, 'images/partial'))).toEqual([])
    expect(readdirSync(join(data, 'layers')).sort()).toEqual(['implied', 'l', 'origin', 'sha256', 'sizes'])
    expect(readdirSync(join(data, 'images')).filter(name => name.startsWith('tmp-'))).toEqual([])
  }
})
