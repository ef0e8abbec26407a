import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import type { ArrivalListener, BlobProvider } from '../../../src/store/blobs/blob-provider.ts'
import { LayerArrival } from '../../../src/store/layers/layer-arrival.ts'
import { layerFolder, layersFolder } from '../../../src/store/layers/layer-paths.ts'
import { UnpackPool } from '../../../src/store/layers/unpack-pool.ts'
import { eventually } from '../../support/eventually.ts'
import { digestOf } from '../../support/hand-made-layout.ts'
import { noise } from '../../support/registry/served-image.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const CONTENT = noise(5 * 1024 * 1024, 1)
const ARCHIVE = await tarArchive([{ name: 'big', content: CONTENT }])
const HOSTILE = await tarArchive([
  { name: 'big', content: CONTENT },
  { name: '../out', content: 'x' },
])

type Come = (file: string, blob: Buffer, listener: ArrivalListener) => Promise<void> | void

const inPieces: Come = (file, blob, { onPart }) => {
  for (let start = 0; start < blob.length; start += 100_000) {
    appendFileSync(file, blob.subarray(start, start + 100_000))
    onPart(file, Math.min(start + 100_000, blob.length))
  }
}

const takenBack: Come = (file, blob, listener) => {
  const half = Buffer.alloc(blob.length / 2, 7)
  writeFileSync(file, half)
  listener.onPart(file, half.length)
  truncateSync(file, 0)
  listener.onPart(file, 0)
  return inPieces(file, blob, listener)
}

const inHalves: Come = async (file, blob, { onPart }) => {
  const half = blob.length / 2
  appendFileSync(file, blob.subarray(0, half))
  onPart(file, Math.floor(half))
  const layers = layersFolder({ data: dirname(file) })
  await eventually(async () => {
    const [temporary = ''] = readdirSync(layers).filter(name => name.startsWith('tmp-'))
    expect(statSync(join(layers, temporary, 'big')).size).toBeGreaterThan(1_000_000)
  })
  appendFileSync(file, blob.subarray(half))
  onPart(file, blob.length)
}

const brokenOff: Come = (file, blob, { onPart }) => {
  writeFileSync(file, blob.subarray(0, 1_000_000))
  onPart(file, 1_000_000)
  throw new TcomposeError('image-pull', 'it broke off')
}

const refusedAtTheEnd: Come = async (file, blob, listener) => {
  await inPieces(file, blob, listener)
  throw new TcomposeError('image-pull', 'its digest is wrong')
}

/** Brings a layer whose blob comes as `come` says, and returns the folder of the store. */
async function bring(root: string, come: Come, archive = ARCHIVE): Promise<string> {
  const roots = { data: root, run: root }
  const diffId = parseDigest(digestOf(archive))
  const blob = gzipSync(archive, { level: 1 })
  const member = { name: 'blob', digest: parseDigest(digestOf(blob)), size: blob.length }
  const file = join(root, 'blob')
  const blobs: BlobProvider = {
    has: () => false,
    sizeOf: () => blob.length,
    obtain: async (_, listener) => {
      await come(file, blob, listener)
      return { file, offset: 0, size: blob.length }
    },
  }
  const layer = { diffId, member, size: blob.length, isPresent: false }
  await using pool = new UnpackPool([layer])
  await new LayerArrival(roots, blobs, pool).bring(layer, () => {})
  return layerFolder(roots, diffId)
}

describe('LayerArrival brings a layer whose blob', () => {
  const ways: ReadonlyArray<{ readonly what: string; readonly come: Come }> = [
    { what: 'arrives in pieces', come: inPieces },
    { what: 'comes only when the first half of it is unpacked', come: inHalves },
    { what: 'is taken back in the middle and comes again', come: takenBack },
    { what: 'is there without news of its parts', come: (file, blob) => writeFileSync(file, blob) },
  ]
  for (const { what, come } of ways) {
    test(what, async () => {
      using root = temporaryFolder()
      const folder = await bring(root.path, come)
      expect(readFileSync(join(folder, 'big')).equals(CONTENT)).toBe(true)
      expect(readdirSync(layersFolder({ data: root.path })).sort()).toEqual([
        ...['implied', 'l', 'origin', 'sha256', 'sizes'],
      ])
    })
  }
})

describe('LayerArrival stores nothing of a layer', () => {
  const failures: ReadonlyArray<{
    readonly what: string
    readonly come: Come
    readonly archive?: Buffer
    readonly message: RegExp
  }> = [
    { what: 'whose blob breaks off', come: brokenOff, message: /it broke off/ },
    { what: 'whose blob is refused when all of it came', come: refusedAtTheEnd, message: /digest is wrong/ },
    { what: 'that leads out of its folder', come: inPieces, archive: HOSTILE, message: /entry "\.\.\/out"/ },
  ]
  for (const { what, come, archive, message } of failures) {
    test(what, async () => {
      using root = temporaryFolder()
      await expect(bring(root.path, come, archive)).rejects.toThrow(message)
      const folder = layersFolder({ data: root.path })
      expect(readdirSync(join(folder, 'sha256'))).toEqual([])
      expect(readdirSync(folder).filter(name => name.startsWith('tmp-'))).toEqual([])
      expect(existsSync(join(root.path, 'out'))).toBe(false)
    })
  }
})
