import { expect, test } from 'vitest'
import { DEFAULT_CAPABILITIES } from '../../../src/runtime/capabilities.ts'
import { DEFAULT_PROFILE } from '../../../src/runtime/seccomp/default-profile.ts'
import { withFixedProjects } from '../../../src/runtime/seccomp/fixed-projects.ts'
import { compileFilter } from '../../../src/runtime/seccomp/seccomp-filter.ts'
import { runFilter } from '../../support/bpf-interpreter.ts'

const X86_64 = 0xc000003e
const [IOCTL, READ] = [16, 0]
const ALLOW = 0x7fff0000
const EPERM = 0x50001

const filter = compileFilter(withFixedProjects(DEFAULT_PROFILE), 'x64', DEFAULT_CAPABILITIES)
const verdict = (number: number, request: bigint): number =>
  runFilter(filter, { audit: X86_64, number, args: [0n, request, 0n, 0n, 0n, 0n] })

test('withFixedProjects() refuses FS_IOC_FSSETXATTR, whatever the half says that the kernel ignores', () => {
  expect(verdict(IOCTL, 0x401c5820n)).toBe(EPERM)
  expect(verdict(IOCTL, 0xffffffff_401c5820n)).toBe(EPERM)
})

test('withFixedProjects() lets all other calls be', () => {
  expect(verdict(IOCTL, 0x801c581fn)).toBe(ALLOW)
  expect(verdict(IOCTL, 0x5401n)).toBe(ALLOW)
  expect(verdict(READ, 0x401c5820n)).toBe(ALLOW)
})
