import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ZstdFrameSplitter } from '../../src/archive/zstd-frames.ts'

const ONE = zstdCompressSync('the first frame')
const TWO = zstdCompressSync('x'.repeat(200_000))
/** RFC 8878, section 3.1.2: a magic number, a size, and as many bytes of anybody's. */
const SKIPPABLE = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

/** Cuts a stream that comes in pieces of `size` bytes, and decodes each frame. */
function frames(stream: Buffer, size: number): readonly string[] {
  const splitter = new ZstdFrameSplitter()
  const texts: string[] = []
  let frame: Buffer[] = []
  for (let start = 0; start < stream.length; start += size) {
    for (const piece of splitter.push(stream.subarray(start, start + size))) {
      if (piece.kind === 'bytes') frame.push(piece.bytes)
      else {
        texts.push(String(zstdDecompressSync(Buffer.concat(frame))))
        frame = []
      }
    }
  }
  splitter.end()
  expect(frame).toEqual([])
  return texts
}

for (const size of [1, 7, 1_000_000]) {
  test(`ZstdFrameSplitter finds the frames of a stream in pieces of ${size} bytes`, () => {
    const stream = Buffer.concat([SKIPPABLE, ONE, SKIPPABLE, SKIPPABLE, TWO, ONE])
    expect(frames(stream, size)).toEqual(['the first frame', 'x'.repeat(200_000), 'the first frame'])
  })
}

test('ZstdFrameSplitter refuses what is no frame, and one that breaks off', () => {
  expect(() => frames(Buffer.from('no frame'), 8)).toThrow('it has bytes that are not a zstd frame')
  for (const cut of [2, 5, ONE.length - 1]) {
    expect(() => frames(ONE.subarray(0, cut), 1)).toThrow('it ends in the middle of a zstd frame')
  }
})
