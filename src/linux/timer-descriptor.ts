import { checked, libcFunction } from './libc.ts'

const CLOCK_MONOTONIC = 1
const TFD_CLOEXEC = 0o2000000

/**
 * Returns a descriptor that is readable once `delayMs` have passed, at least a millisecond, and never for an infinite time; the caller
 * owns it. timerfd_create(2).
 */
export function openTimer(delayMs: number): number {
  const timerfdCreate = libcFunction('int timerfd_create(int clock, int flags)')
  const timerfdSettime = libcFunction('int timerfd_settime(int fd, int flags, const void *value, void *old)')
  const fd = checked(timerfdCreate(CLOCK_MONOTONIC, TFD_CLOEXEC), 'timerfd_create', 'timer')
  if (delayMs === Number.POSITIVE_INFINITY) return fd
  const ms = Math.max(1, Math.ceil(delayMs))
  // struct itimerspec: no interval, then the delay; on 64-bit machines each field has 8 bytes.
  const value = Buffer.alloc(32)
  value.writeBigInt64LE(BigInt(Math.floor(ms / 1000)), 16)
  value.writeBigInt64LE(BigInt((ms % 1000) * 1_000_000), 24)
  checked(timerfdSettime(fd, 0, value, null), 'timerfd_settime', 'timer')
  return fd
}
