import { expect, test } from 'vitest'
import { bindOptions, filesystemOptions } from '../../../src/runtime/launch/mount-options.ts'

for (const { options, flags, data } of [
  { options: [], flags: 0, data: '' },
  { options: ['ro', 'nosuid', 'nodev', 'noexec'], flags: 15, data: '' },
  { options: ['nosuid', 'strictatime', 'mode=755', 'size=64m'], flags: 0x1000002, data: 'mode=755,size=64m' },
  { options: ['noexec', 'exec', 'ro', 'rw', 'suid'], flags: 0, data: '' },
  { options: ['exec', 'noexec'], flags: 8, data: '' },
]) {
  test(`filesystemOptions() reads ${options.join(',') || 'no option'}`, () => {
    expect(filesystemOptions(options)).toEqual({ flags, data })
  })
}

for (const { options, ...read } of [
  { options: [], attributes: 0, recursive: false, propagation: 0x40000 },
  { options: ['rbind', 'rro', 'rslave'], attributes: 1, recursive: true, propagation: 0x80000 },
  { options: ['bind', 'ro', 'shared'], attributes: 1, recursive: false, propagation: 0x100000 },
  { options: ['nosuid', 'nodev', 'noexec'], attributes: 14, recursive: false, propagation: 0x40000 },
]) {
  test(`bindOptions() reads ${options.join(',') || 'no option'}`, () => {
    expect(bindOptions(options)).toEqual(read)
  })
}
