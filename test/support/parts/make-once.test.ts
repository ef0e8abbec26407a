import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeOnce } from './make-once.ts'

class Folder implements Disposable {
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true })
  }

  readonly path = mkdtempSync(join(tmpdir(), 'tc-once-'))
}

test('makeOnce() makes a folder once', async () => {
  using folder = new Folder()
  const path = join(folder.path, 'made')
  for (const text of ['first', 'second']) {
    await makeOnce(path, async made => writeFileSync(join(made, 'file'), text))
  }
  expect(readFileSync(join(path, 'file'), 'utf8')).toBe('first')
})

test('makeOnce() keeps the first of two makers and leaves no other folder', async () => {
  using folder = new Folder()
  const path = join(folder.path, 'made')
  const make = (text: string) => makeOnce(path, async made => writeFileSync(join(made, 'file'), text))
  await Promise.all([make('a'), make('b')])
  expect(readdirSync(folder.path)).toEqual(['made'])
})

test('makeOnce() leaves nothing when making fails', async () => {
  using folder = new Folder()
  const path = join(folder.path, 'made')
  await expect(makeOnce(path, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network')
  expect(existsSync(path)).toBe(false)
  expect(readdirSync(folder.path)).toEqual([])
})
