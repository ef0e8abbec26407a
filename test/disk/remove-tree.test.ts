import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { removeTree } from '../../src/disk/remove-tree.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('removeTree()', () => {
  test('removes a tree and follows no link', async () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'kept'))
    writeFileSync(join(root.path, 'kept/file'), '')
    mkdirSync(join(root.path, 'tree/a/b'), { recursive: true })
    writeFileSync(join(root.path, 'tree/a/Fő'), '')
    symlinkSync('../kept', join(root.path, 'tree/link'))
    symlinkSync('kept', join(root.path, 'top'))
    await removeTree(join(root.path, 'tree'))
    await removeTree(join(root.path, 'top'))
    await removeTree(join(root.path, 'none'))
    expect(readdirSync(root.path)).toEqual(['kept'])
    expect(readdirSync(join(root.path, 'kept'))).toEqual(['file'])
  })

  test('removes folders nested deeper than PATH_MAX', async () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'tree'))
    const script = 'for i in $(seq 60); do mkdir $0 && cd -P $0 || exit 1; done; : > file'
    execFileSync('sh', ['-c', script, 'd'.repeat(200)], { cwd: join(root.path, 'tree') })
    await removeTree(join(root.path, 'tree'))
    expect(existsSync(join(root.path, 'tree'))).toBe(false)
  })

  test('removes folders nested deeper than it holds them open', async () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'tree'))
    const script = `for (let i = 0; i < 200; i++) { fs.mkdirSync('d'); fs.mkdirSync('e'); process.chdir('d') }`
    execFileSync(process.execPath, ['-e', script], { cwd: join(root.path, 'tree') })
    await removeTree(join(root.path, 'tree'))
    expect(existsSync(join(root.path, 'tree'))).toBe(false)
  })

  test('follows no link that takes the place of a folder meanwhile', async () => {
    using root = temporaryFolder()
    const tree = join(root.path, 'tree')
    const kept = join(root.path, 'kept')
    const aside = join(root.path, 'aside')
    for (const folder of [tree, kept, aside]) mkdirSync(folder)
    writeFileSync(join(kept, 'marker'), '')
    for (let index = 0; index < 800; index += 1) {
      mkdirSync(join(tree, `d${index}`))
      writeFileSync(join(tree, `d${index}/file`), '')
    }
    const removal = removeTree(tree)
    // It has listed the folders and given way to this.
    const swapped = readdirSync(tree)
    for (const name of swapped) {
      renameSync(join(tree, name), join(aside, name))
      symlinkSync(kept, join(tree, name))
    }
    await removal
    expect(swapped.length).toBeGreaterThan(0)
    expect(readdirSync(kept)).toEqual(['marker'])
    expect(readdirSync(root.path).sort()).toEqual(['aside', 'kept'])
  })

  test('removes nothing while something is mounted below, and names it', async () => {
    using root = temporaryFolder()
    const tree = join(root.path, 'tree')
    mkdirSync(join(tree, 'mounted'), { recursive: true })
    writeFileSync(join(tree, 'a'), '')
    mkdirSync(join(root.path, 'kept'))
    writeFileSync(join(root.path, 'kept/file'), '')
    execFileSync('mount', ['--bind', join(root.path, 'kept'), join(tree, 'mounted')])
    try {
      await expect(removeTree(tree)).rejects.toMatchObject({
        code: 'system-call',
        message: `Cannot remove "${tree}/mounted": something is mounted there (EBUSY)`,
      })
      expect(existsSync(join(tree, 'a'))).toBe(true)
      expect(existsSync(join(root.path, 'kept/file'))).toBe(true)
    } finally {
      execFileSync('umount', [join(tree, 'mounted')])
    }
  })
})
