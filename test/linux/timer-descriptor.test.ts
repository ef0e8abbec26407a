import { closeSync, readFileSync, readSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTimer } from '../../src/linux/timer-descriptor.ts'

test.each([0, 1, 1030])('openTimer(%i) is readable after that time, and not before', delayMs => {
  const before = performance.now()
  const fd = openTimer(delayMs)
  const expirations = Buffer.alloc(8)
  expect(readSync(fd, expirations)).toBe(8)
  expect(performance.now() - before).toBeGreaterThanOrEqual(delayMs)
  expect(expirations.readBigUInt64LE()).toBe(1n)
  closeSync(fd)
})

test('openTimer() is never readable for an infinite time', () => {
  const fd = openTimer(Number.POSITIVE_INFINITY)
  // timerfd_create(2): the file tells what is left.
  expect(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')).toContain('it_value: (0, 0)')
  closeSync(fd)
})
