import { expect, test } from 'vitest'
import { MASKED_PATHS, READ_ONLY_PATHS } from '../../../src/engine/local/container/masked-paths.ts'
import { maskSteps } from '../../../src/runtime/launch/mask-steps.ts'

const steps = maskSteps({ maskedPaths: MASKED_PATHS, readonlyPaths: READ_ONLY_PATHS })

test('maskSteps() passes over what the kernel does not have', () => {
  expect(steps.every(({ optional }) => optional)).toBe(true)
})

test('maskSteps() hides and write-protects what Docker does, each path once', () => {
  const paths = steps.map(({ op }) => ('path' in op ? `${op.op} ${op.path}` : op.op))
  expect(paths).toEqual([
    'mask-path /proc/acpi',
    'mask-path /proc/asound',
    'mask-path /proc/interrupts',
    'mask-path /proc/kcore',
    'mask-path /proc/keys',
    'mask-path /proc/latency_stats',
    'mask-path /proc/sched_debug',
    'mask-path /proc/scsi',
    'mask-path /proc/timer_list',
    'mask-path /proc/timer_stats',
    'mask-path /sys/devices/virtual/powercap',
    'mask-path /sys/firmware',
    'read-only-path /proc/bus',
    'read-only-path /proc/fs',
    'read-only-path /proc/irq',
    'read-only-path /proc/sys',
    'read-only-path /proc/sysrq-trigger',
  ])
})
