import { closeSync, openSync, writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LineRelay } from '../../../../src/engine/local/attach/line-relay.ts'

/** Opens the writing end once more, as a process that has it. */
function writerOf({ writeFd }: LineRelay): Disposable & { write(text: string): void } {
  const fd = openSync(`/proc/self/fd/${writeFd}`, 'w')
  return { write: text => void writeSync(fd, text), [Symbol.dispose]: () => closeSync(fd) }
}

test('LineRelay passes on what was written, also while another process holds the pipe', async () => {
  const lines: string[] = []
  using relay = new LineRelay(
    line => void lines.push(line),
    () => {},
  )
  using writer = writerOf(relay)
  writer.write('before\nit st')
  relay.started()
  writer.write('arts\nno end')
  await relay.finish()
  expect(lines).toEqual(['before', 'it starts', 'no end'])
})

test('LineRelay waits for its listener, line by line', async () => {
  const lines: string[] = []
  const gate = Promise.withResolvers<void>()
  using relay = new LineRelay(
    async line => {
      lines.push(line)
      if (line === 'second') await gate.promise
    },
    () => {},
  )
  using writer = writerOf(relay)
  writer.write('first\nsecond\nthird\n')
  relay.started()
  const finished = relay.finish()
  await expect.poll(() => lines).toEqual(['first', 'second'])
  gate.resolve()
  await finished
  expect(lines).toEqual(['first', 'second', 'third'])
})

test('LineRelay loses nothing where its listener waits while the rest is read', async () => {
  const lines: string[] = []
  using relay = new LineRelay(
    async line => {
      lines.push(line)
      if (lines.length % 1000 === 0) await setImmediate()
    },
    () => {},
  )
  const written = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
  using writer = writerOf(relay)
  writer.write(`${written.join('\n')}\n`)
  relay.started()
  await relay.finish()
  expect(lines).toEqual(written)
})

test('LineRelay says at once when its listener fails, and closes the pipe', async () => {
  const failed = Promise.withResolvers<void>()
  using relay = new LineRelay(() => Promise.reject(new Error('full')), failed.resolve)
  using writer = writerOf(relay)
  relay.started()
  writer.write('line\n')
  await failed.promise
  await expect(relay.finish()).rejects.toThrow('full')
  await expect.poll(() => errorOf(() => writer.write('more\n'))).toBe('EPIPE')
})

function errorOf(call: () => void): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
