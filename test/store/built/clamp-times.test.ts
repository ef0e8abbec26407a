import { linkSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { setTimes } from '../../../src/disk/inode.ts'
import { clampTimes } from '../../../src/store/built/clamp-times.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const CLAMP = 1_000_000_000
const NANOSECONDS = 1_000_000_000n
const LIMIT: bigint = BigInt(CLAMP) * NANOSECONDS

function timeOf(path: string): bigint {
  return lstatSync(path, { bigint: true }).mtimeNs
}

describe('clampTimes()', () => {
  test('sets later times down, of folders and links too, and leaves earlier ones', () => {
    using folder = temporaryFolder()
    const path = (name: string) => join(folder.path, name)
    mkdirSync(path('d'))
    writeFileSync(path('d/late'), '')
    writeFileSync(path('d/early'), '')
    symlinkSync('nowhere', path('link'))
    setTimes(path('d/late'), LIMIT + 1n)
    setTimes(path('d/early'), LIMIT - 1n)
    clampTimes(folder.path, CLAMP)
    expect(['d', 'd/late', 'd/early', 'link'].map(name => timeOf(path(name)))).toEqual([
      LIMIT,
      LIMIT,
      LIMIT - 1n,
      LIMIT,
    ])
  })

  test('leaves a file alone that another layer has as well, and keeps its names one file here', () => {
    using folder = temporaryFolder()
    const [layer, other] = [join(folder.path, 'layer'), join(folder.path, 'other')]
    mkdirSync(join(layer, 'd'), { recursive: true })
    mkdirSync(other)
    writeFileSync(join(other, 'f'), 'content', { mode: 0o640 })
    setTimes(join(other, 'f'), LIMIT + 5n)
    linkSync(join(other, 'f'), join(layer, 'f'))
    linkSync(join(other, 'f'), join(layer, 'd/g'))
    setTimes(join(layer, 'd'), 7n)
    clampTimes(layer, CLAMP)
    expect(timeOf(join(other, 'f'))).toBe(LIMIT + 5n)
    expect(timeOf(join(layer, 'f'))).toBe(LIMIT)
    expect(timeOf(join(layer, 'd'))).toBe(7n)
    expect(readFileSync(join(layer, 'd/g'), 'utf8')).toBe('content')
    const [f, g] = ['f', 'd/g'].map(name => statSync(join(layer, name)))
    expect(g?.ino).toBe(f?.ino)
    expect(f).toMatchObject({ nlink: 2, mode: 0o100640 })
    expect(statSync(join(other, 'f')).nlink).toBe(1)
  })
})
