import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noSlowerThan } from '../../src/registry/speed-floor.ts'

async function* chunks(count: number, size: number, everyMs: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < count; sent += 1) {
    yield Buffer.alloc(size)
    await delay(everyMs)
  }
}

async function sizeOf(body: AsyncIterable<Buffer>): Promise<number> {
  let size = 0
  for await (const chunk of body) size += chunk.length
  return size
}

const FLOOR = { bytesPerSecond: 1000, overMs: 50 }

test('noSlowerThan() passes on what is fast enough, and what is short', async () => {
  expect(await sizeOf(noSlowerThan(FLOOR, chunks(10, 1000, 15)))).toBe(10_000)
  expect(await sizeOf(noSlowerThan(FLOOR, chunks(1, 1, 0)))).toBe(1)
})

test('noSlowerThan() breaks off what is slower, and ends its source', async () => {
  let hasEnded = false
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield* chunks(1000, 1, 10)
    } finally {
      hasEnded = true
    }
  }
  await expect(sizeOf(noSlowerThan(FLOOR, source()))).rejects.toMatchObject({ code: 'TCOMPOSE_SLOW_BODY' })
  expect(hasEnded).toBe(true)
})
