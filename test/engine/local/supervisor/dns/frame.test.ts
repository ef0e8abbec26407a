import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader, frame } from '../../../../../src/engine/local/supervisor/dns/frame.ts'

test('frame() puts the length before the message', () => {
  expect(frame(Buffer.from('abc'))).toEqual(Buffer.from([0, 3, 0x61, 0x62, 0x63]))
})

describe('FrameReader.push()', () => {
  test('gives every message whole, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (texts, step) => {
        const stream = Buffer.concat(texts.map(text => frame(Buffer.from(text))))
        const frames = new FrameReader()
        const read: string[] = []
        for (let offset = 0; offset < stream.length; offset += step) {
          read.push(...frames.push(stream.subarray(offset, offset + step)).map(String))
        }
        expect(read).toEqual(texts)
      }),
    )
  })
})
