import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errnoNameOf } from '../../../src/base/errno-name-of.ts'
import { listingWith } from '../../../src/disk/bulk/list-folder.ts'
import { type BytePath, bytePath, nativePath } from '../../../src/disk/byte-path.ts'
import { setTimes, setXattr } from '../../../src/disk/inode.ts'
import { makeSocket } from '../../support/layer-folder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { IMPLEMENTATIONS } from './implementations.ts'

/** Names and times that a listing must not change. */
async function makeThings(folder: string): Promise<void> {
  const names = ['b', 'a-b', 'a.b', 'Z', '.hidden', ' ', 'n'.repeat(255), '\xff', 'caf\xe9', 'line\nfeed']
  for (const name of names) writeFileSync(nativePath(`${bytePath(folder)}/${name}`), name)
  mkdirSync(join(folder, 'a'), { mode: 0o1777 })
  symlinkSync('/nowhere', join(folder, 'link'))
  execFileSync('mkfifo', [join(folder, 'fifo')])
  await makeSocket(join(folder, 'socket'))
  setTimes(`${bytePath(folder)}/b`, -1_234_567_890n)
  setTimes(`${bytePath(folder)}/Z`, 1_700_000_000_123_456_789n)
}

describe.each(IMPLEMENTATIONS)('listFolder() $how', ({ calls }) => {
  const listFolder = listingWith(calls)

  test('tells of each file what lstat does, sorted by the bytes of the names', async () => {
    using folder = temporaryFolder()
    await makeThings(folder.path)
    const { names, factsAt } = listFolder(bytePath(folder.path))
    expect(names).toEqual(readdirSync(folder.path, { encoding: 'latin1' }).sort())
    for (const [index, name] of names.entries()) {
      const facts = factsAt(index)
      const native = nativePath(`${bytePath(folder.path)}/${name}`)
      const { ino, size, mode, nlink, uid, gid, dev, rdev, mtimeMs, ctimeMs } = lstatSync(native)
      expect(facts).toMatchObject({ ino, size, mode, nlink, uid, gid, dev, rdev, mtimeMs, ctimeMs })
      const exact = lstatSync(native, { bigint: true })
      expect(facts).toMatchObject({ mtimeNs: exact.mtimeNs, ctimeNs: exact.ctimeNs })
      expect(BigInt(facts.inode)).toBe(exact.ino)
      expect(kindsOf(facts)).toEqual(kindsOf(exact))
    }
  })

  test('lists a folder of many files and long names', () => {
    using folder = temporaryFolder()
    const names = Array.from({ length: 3000 }, (_, index) => `${index}`.padStart(120, '-'))
    for (const name of names) writeFileSync(join(folder.path, name), '')
    const listing = listFolder(folder.path)
    expect(listing.names).toEqual(names.toSorted())
    expect(listing.factsAt(2999).isFile()).toBe(true)
  })

  test('follows a link to a folder', () => {
    using folder = temporaryFolder()
    symlinkSync('.', join(folder.path, 'link'))
    expect(listFolder(`${folder.path}/link`).names).toEqual(['link'])
  })

  test('lists an empty folder', () => {
    using folder = temporaryFolder()
    expect(listFolder(folder.path).names).toEqual([])
  })

  test('takes a file to have extended attributes unless it is asked and has none', () => {
    using folder = temporaryFolder()
    const [bare, labelled]: readonly BytePath[] = [`${folder.path}/bare`, `${folder.path}/labelled`]
    for (const path of [bare, labelled]) writeFileSync(path ?? '', '')
    setXattr(labelled ?? '', 'user.note', Buffer.from('x'))
    const has = (withXattrs: boolean): readonly boolean[] => {
      const { names, factsAt } = listFolder(folder.path, { withXattrs })
      return names.map((_, index) => factsAt(index).mayHaveXattrs)
    }
    expect(has(false)).toEqual([true, true])
    expect(has(true)).toEqual([calls === undefined, true])
  })

  const refused = [
    ['a folder that is not there', 'nothing', /^ENOENT$/],
    ['a file', 'file', /^ENOTDIR$/],
  ] as const
  test.each(refused)('refuses %s', (_, name, errno) => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'file'), '')
    const error = errorOf(() => listFolder(`${folder.path}/${name}`))
    expect(errnoNameOf(error)).toMatch(errno)
  })
})

interface Kinds {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
  isFIFO(): boolean
  isSocket(): boolean
  isCharacterDevice(): boolean
}

function kindsOf(file: Kinds): readonly boolean[] {
  return [
    file.isFile(),
    file.isDirectory(),
    file.isSymbolicLink(),
    file.isFIFO(),
    file.isSocket(),
    file.isCharacterDevice(),
  ]
}

function errorOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
