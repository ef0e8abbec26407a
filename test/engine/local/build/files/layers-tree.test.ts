import { describe, expect, test } from 'vitest'
import type { BuildLayer } from '../../../../../src/engine/local/build/build-layer.ts'
import { findSource } from '../../../../../src/engine/local/build/files/find-source.ts'
import { openLayersTree } from '../../../../../src/engine/local/build/files/layers-tree.ts'
import type { LayerIndexEntry } from '../../../../../src/store/built/layer-index.ts'

function textOfNone(): Promise<never> {
  return Promise.reject(new Error('There is no text of this index'))
}

/** A layer that is nowhere: what is in it is known by its index alone. */
function layer(folder: string, things: Readonly<Record<string, Partial<LayerIndexEntry>>>): BuildLayer {
  const index = Object.entries(things).map(
    ([path, thing]): LayerIndexEntry => ({
      path,
      kind: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: 1,
      sha256: `of ${path} in ${folder}`,
      ...thing,
    }),
  )
  return { folder, index: async () => index, indexText: textOfNone }
}

const FOLDER = { kind: 'folder', mode: 0o755, size: 0 } as const

describe('openLayersTree()', () => {
  test('joins folders, and takes the topmost of what is there several times', async () => {
    const tree = await openLayersTree([
      layer('/low', { etc: FOLDER, 'etc/a': {}, 'etc/b': {} }),
      layer('/high', { etc: { ...FOLDER, mode: 0o700 }, 'etc/a': {}, 'etc/c': {} }),
    ])
    const etc = findSource(tree, 'etc')
    expect(etc?.mode).toBe(0o700)
    const files = etc === undefined ? [] : tree.children(etc)
    expect(files.map(file => [file.path, tree.sha256Of(file), tree.hostPathOf(file)])).toEqual([
      ['etc/a', 'of etc/a in /high', '/high/etc/a'],
      ['etc/b', 'of etc/b in /low', '/low/etc/b'],
      ['etc/c', 'of etc/c in /high', '/high/etc/c'],
    ])
  })

  test('honours whiteouts, opaque folders, and what hides a folder', async () => {
    const low = layer('/low', {
      a: FOLDER,
      'a/x': {},
      b: FOLDER,
      'b/x': {},
      c: FOLDER,
      'c/x': {},
      d: {},
    })
    const middle = layer('/middle', {
      a: { kind: 'whiteout' },
      b: { ...FOLDER, isOpaque: true },
      'b/y': {},
      c: { kind: 'link', target: 'b' },
      d: { kind: 'whiteout' },
    })
    const high = layer('/high', { c: FOLDER, 'c/z': {}, d: FOLDER })
    const tree = await openLayersTree([low, middle, high])
    const names = (path: string) => {
      const found = findSource(tree, path)
      return found === undefined ? undefined : tree.children(found).map(child => child.path)
    }
    expect(['', 'a', 'b', 'c', 'd'].map(names)).toEqual([['b', 'c', 'd'], undefined, ['b/y'], ['c/z'], []])
    expect(findSource(tree, 'a/x')).toBeUndefined()
  })

  test('follows links across layers and never outside', async () => {
    const tree = await openLayersTree([
      layer('/low', { usr: FOLDER, 'usr/lib': FOLDER, 'usr/lib/f': {} }),
      layer('/high', {
        lib: { kind: 'link', target: 'usr/lib' },
        up: { kind: 'link', target: '../../usr/lib/f' },
        loop: { kind: 'link', target: '/loop' },
      }),
    ])
    const found = ['lib/f', '/up', '/lib/../lib/f', 'loop', 'usr/lib/f/..'].map(
      path => findSource(tree, path)?.path,
    )
    expect(found).toEqual(['usr/lib/f', 'usr/lib/f', 'usr/lib/f', undefined, 'usr/lib'])
  })

  test('looks up where a layer is each time', async () => {
    let folder = '/working'
    const moving: BuildLayer = {
      get folder() {
        return folder
      },
      index: layer('', { f: {} }).index,
      indexText: textOfNone,
    }
    const tree = await openLayersTree([moving])
    const file = tree.child(tree.root, 'f')
    expect(file && tree.hostPathOf(file)).toBe('/working/f')
    folder = '/published'
    expect(file && tree.hostPathOf(file)).toBe('/published/f')
  })

  test('has nothing in it where there are no layers', async () => {
    const tree = await openLayersTree([])
    expect(tree.children(tree.root)).toEqual([])
  })
})
