import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../../src/engine/local/supervisor/clock.ts'

describe('systemClock.after()', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  for (const delayMs of [0, 50, 2 ** 31, 2 ** 33]) {
    test(`calls back after ${delayMs} ms`, () => {
      const callback = vi.fn()
      systemClock.after(delayMs, callback)
      if (delayMs > 0) vi.advanceTimersByTime(delayMs - 1)
      expect(callback).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(callback).toHaveBeenCalledOnce()
    })
  }
  test('calls nothing back when it is cancelled', () => {
    const callback = vi.fn()
    const cancel = systemClock.after(2 ** 32, callback)
    vi.advanceTimersByTime(2 ** 31)
    cancel()
    vi.advanceTimersByTime(2 ** 33)
    expect(callback).not.toHaveBeenCalled()
  })
})
