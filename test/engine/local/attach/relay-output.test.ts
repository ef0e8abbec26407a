import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { relayOutput } from '../../../../src/engine/local/attach/relay-output.ts'
import { openPipe } from '../../../../src/linux/pipe.ts'
import { eventually } from '../../../support/eventually.ts'

describe('relayOutput()', () => {
  test('passes on what is in the pipe although a writer still holds it', async () => {
    const [source, target] = [openPipe(), openPipe()]
    using relay = relayOutput(source.readFd, { output: target.writeFd, name: 'standard output' })
    writeSync(source.writeFd, 'all there is')
    await relay.finish()
    expect(readText(target.readFd)).toBe('all there is')
    expect(() => writeSync(source.writeFd, 'late')).toThrow('EPIPE')
    closeAll(source.writeFd, target.writeFd, target.readFd)
  })

  test('keeps the order and the place of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tc-relay-'))
    const path = join(folder, 'file')
    const file = openSync(path, 'w')
    const source = openPipe()
    {
      using relay = relayOutput(source.readFd, { output: file, name: 'standard output' })
      writeSync(file, 'before ')
      for (let part = 0; part < 1000; part++) writeSync(source.writeFd, `${part} `)
      await relay.finish()
    }
    writeSync(file, 'after')
    const numbers = Array.from({ length: 1000 }, (_, part) => `${part} `).join('')
    expect(readFileSync(path, 'utf8')).toBe(`before ${numbers}after`)
    closeAll(source.writeFd, file)
    rmSync(folder, { recursive: true })
  })

  test('closes the pipe when nobody reads the target', async () => {
    const [source, target] = [openPipe(), openPipe()]
    using relay = relayOutput(source.readFd, { output: target.writeFd, name: 'standard output' })
    closeSync(target.readFd)
    writeSync(source.writeFd, 'for nobody')
    await eventually(async () => expect(() => writeSync(source.writeFd, '.')).toThrow('EPIPE'))
    await relay.finish()
    closeAll(source.writeFd, target.writeFd)
  })

  test('leaves the target blocking for those who share it', async () => {
    const [source, target] = [openPipe(), openPipe()]
    using relay = relayOutput(source.readFd, { output: target.writeFd, name: 'standard output' })
    const flags =
      /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${target.writeFd}`, 'utf8'))?.[1] ?? ''
    expect(Number.parseInt(flags, 8) & 0o4000).toBe(0)
    await relay.finish()
    closeAll(source.writeFd, target.writeFd, target.readFd)
  })

  test('rejects when the target cannot be written to', async () => {
    const source = openPipe()
    const full = openSync('/dev/full', 'w')
    using relay = relayOutput(source.readFd, { output: full, name: 'standard output' })
    writeSync(source.writeFd, 'too much')
    await expect(relay.finish()).rejects.toMatchObject({
      code: 'system-call',
      message: 'Cannot write standard output: no space left on device',
    })
    closeAll(source.writeFd, full)
  })
})

function readText(fd: number): string {
  const chunk = Buffer.alloc(1 << 16)
  return chunk.toString('utf8', 0, readSync(fd, chunk))
}

function closeAll(...fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd)
}
