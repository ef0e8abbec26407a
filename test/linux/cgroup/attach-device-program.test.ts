import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { attachDeviceProgram } from '../../../src/linux/cgroup/attach-device-program.ts'
import { deviceProgram } from '../../../src/linux/cgroup/device-program.ts'
import { DEFAULT_DEVICE_RULES } from '../../../src/linux/cgroup/device-rules.ts'

/** Where a v2 tree may be; a hybrid host has one without controllers, which takes device programs all the same. */
const tree = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find(path => existsSync(`${path}/cgroup.procs`))
const reason = process.getuid?.() === 0 ? 'no cgroup2 is mounted' : 'it needs root'

test.skipIf(tree === undefined || process.getuid?.() !== 0)(
  `attachDeviceProgram() makes the kernel deny what no rule allows (skipped if ${reason})`,
  () => {
    const folder = `${tree}/tcompose-test-${process.pid}`
    mkdirSync(folder)
    try {
      attachDeviceProgram(folder, deviceProgram(DEFAULT_DEVICE_RULES))
      const script = `echo 0 > ${folder}/cgroup.procs; : < /dev/zero && echo zero; (: < /dev/kmsg) || echo refused`
      const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
      expect(stdout).toBe('zero\nrefused\n')
    } finally {
      rmdirSync(folder)
    }
  },
)

test.skipIf(tree === undefined || process.getuid?.() !== 0)(
  `attachDeviceProgram() takes the place of an earlier program (skipped if ${reason})`,
  () => {
    const folder = `${tree}/tcompose-test-again-${process.pid}`
    mkdirSync(folder)
    try {
      attachDeviceProgram(folder, deviceProgram([]))
      attachDeviceProgram(folder, deviceProgram(DEFAULT_DEVICE_RULES))
      const script = `echo 0 > ${folder}/cgroup.procs; : < /dev/zero && echo zero; (: < /dev/kmsg) || echo refused`
      const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
      expect(stdout).toBe('zero\nrefused\n')
    } finally {
      rmdirSync(folder)
    }
  },
)

test.skipIf(tree === undefined || process.getuid?.() !== 0)(
  `attachDeviceProgram() throws with the call for a program that the verifier refuses (skipped if ${reason})`,
  () => {
    expect(() => attachDeviceProgram('/', new Uint8Array(8))).toThrow(
      expect.objectContaining({ name: 'SystemCallError', call: 'bpf' }),
    )
  },
)
