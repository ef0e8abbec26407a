import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openOutputPipe } from '../../../../../src/engine/local/supervisor/health/output-pipe.ts'

describe('openOutputPipe()', () => {
  test('keeps the first 4096 bytes and never stops the writer', async () => {
    using pipe = openOutputPipe()
    const child = spawn('/bin/sh', ['-c', 'head -c 1000000 /dev/zero | tr "\\0" x'], {
      stdio: ['ignore', pipe.writeFd, 'ignore'],
    })
    pipe.closeWriteEnd()
    await once(child, 'exit')
    expect(await pipe.collect()).toBe(`${'x'.repeat(4096)}...`)
  })
  test('does not wait for those who hold it for ever', async () => {
    using pipe = openOutputPipe()
    writeSync(pipe.writeFd, 'all there is')
    expect(await pipe.collect()).toBe('all there is')
  })
  test('closes both ends when disposed', () => {
    const pipe = openOutputPipe()
    pipe[Symbol.dispose]()
    expect(existsSync(`/proc/self/fd/${pipe.writeFd}`)).toBe(false)
  })
})
