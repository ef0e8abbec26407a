import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { MemoryWatch } from '../../src/warm/memory-watch.ts'

const MB = 1024 * 1024

setFlagsFromString('--expose-gc')
const collect: NodeJS.GCFunction = runInNewContext('gc')
globalThis.gc = collect

/** Returns how many bytes of buffers are freed by a look after `bytes` became garbage of the old generation. */
function freedAfter(bytes: number): number {
  collect()
  const watch = new MemoryWatch()
  holdWhile(bytes, () => collect())
  const before = process.memoryUsage().arrayBuffers
  watch.tidy()
  return before - process.memoryUsage().arrayBuffers
}

function holdWhile(bytes: number, work: () => void): void {
  const held = [Buffer.alloc(bytes)]
  work()
  held.pop()
}

test('MemoryWatch collects all once much was added', () => {
  expect(freedAfter(64 * MB)).toBeGreaterThan(60 * MB)
})

test('MemoryWatch leaves little garbage alone', () => {
  expect(freedAfter(MB)).toBe(0)
})
