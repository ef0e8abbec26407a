import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRegularFile, readSoundFile } from '../../src/disk/regular-file.ts'
import { useBulkCalls } from '../../src/linux/small-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { IMPLEMENTATIONS } from './bulk/implementations.ts'

describe.each(IMPLEMENTATIONS)('$how', ({ calls }) => {
  beforeAll(() => useBulkCalls(calls))
  afterAll(() => useBulkCalls(undefined))

  test('readRegularFile() returns the text of a file, and undefined where nothing is', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'file')
    writeFileSync(path, 'text')
    expect(readRegularFile(path)).toBe('text')
    const long = 'ä'.repeat(50_000)
    writeFileSync(path, long)
    expect(readRegularFile(path)).toBe(long)
    expect(readRegularFile(join(folder.path, 'none'))).toBeUndefined()
    expect(readRegularFile(join(path, 'below'))).toBeUndefined()
  })

  test('readRegularFile() refuses a folder, a link, a FIFO, a device and a socket at once', async () => {
    using folder = temporaryFolder()
    const path = (name: string): string => join(folder.path, name)
    mkdirSync(path('folder'))
    writeFileSync(path('target'), 'text')
    symlinkSync(path('target'), path('link'))
    execFileSync('mkfifo', [path('fifo')])
    const server = createServer().listen(path('socket'))
    await new Promise(resolve => server.once('listening', resolve))
    for (const place of [path('folder'), path('link'), path('fifo'), '/dev/null', path('socket')]) {
      expect(() => readRegularFile(place), place).toThrow(expect.objectContaining({ code: 'state-corrupt' }))
      expect(readSoundFile(place), place).toBe(undefined)
    }
    await new Promise(resolve => server.close(resolve))
  })
})
