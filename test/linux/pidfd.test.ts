import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openPidfd } from '../../src/linux/pidfd.ts'

test('send() reaches the process, and returns false once that has ended', async () => {
  const child = spawn('sleep', ['60'])
  using pinned = openPidfd(child.pid ?? -1)
  expect(pinned?.send(15)).toBe(true)
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
  expect(pinned?.send(15)).toBe(false)
})

test('openPidfd() returns undefined for a pid that nobody has', () => {
  expect(openPidfd(2 ** 22 - 1)).toBeUndefined()
})
