import { describe, expect, test } from 'vitest'
import type { LayerIndex } from '../../../src/store/built/layer-index.ts'
import { decodeLayerIndex, encodeLayerIndex } from '../../../src/store/built/layer-index-file.ts'

const common = { mode: 0o4755, uid: 4_294_967_294, gid: 5, size: 0 }
const INDEX: LayerIndex = [
  { ...common, path: 'a\nb \xff', kind: 'file', size: 9_000_000_000_000, sha256: 'ab'.repeat(32) },
  {
    ...common,
    path: 'b',
    kind: 'file',
    sha256: 'cd'.repeat(32),
    xattrs: [
      ['user.a', ''],
      ['user.b', 'Yg=='],
    ],
  },
  { ...common, path: 'c', kind: 'folder' },
  { ...common, path: 'd', kind: 'folder', isOpaque: true, xattrs: [['user.a', 'Yg==']] },
  { ...common, path: 'e', kind: 'link', target: '' },
  { ...common, path: 'f', kind: 'link', target: '../x' },
  { ...common, path: 'g', kind: 'char', device: '1:3' },
  { ...common, path: 'h', kind: 'block', device: '8:1' },
  { ...common, path: 'i', kind: 'fifo' },
  { ...common, path: 'j', kind: 'socket' },
  { ...common, mode: 0, uid: 0, gid: 0, path: 'k', kind: 'whiteout' },
]

describe('decodeLayerIndex()', () => {
  test('reads what encodeLayerIndex() wrote', () => {
    expect(decodeLayerIndex(encodeLayerIndex(INDEX))).toEqual(INDEX)
  })

  test('reads an empty index', () => {
    expect(decodeLayerIndex(encodeLayerIndex([]))).toEqual([])
  })

  test('reads a file at any place in memory', () => {
    const bytes = encodeLayerIndex(INDEX)
    for (const offset of [1, 2, 3]) {
      const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset)
      expect(decodeLayerIndex(moved)).toEqual(INDEX)
    }
  })

  test('takes a damaged file for none', () => {
    const bytes = encodeLayerIndex(INDEX)
    for (let position = 0; position < bytes.length; position += 7) {
      const damaged = Buffer.from(bytes)
      damaged[position] = (damaged[position] ?? 0) ^ 1
      expect(decodeLayerIndex(damaged)).toBeUndefined()
    }
    expect(decodeLayerIndex(bytes.subarray(0, -1))).toBeUndefined()
    expect(decodeLayerIndex(Buffer.alloc(0))).toBeUndefined()
  })

  test('takes a file of another version for none', () => {
    const bytes = Buffer.from(
      encodeLayerIndex(INDEX).toString('latin1').replace('index 2', 'index 1'),
      'latin1',
    )
    expect(decodeLayerIndex(bytes)).toBeUndefined()
  })
})
