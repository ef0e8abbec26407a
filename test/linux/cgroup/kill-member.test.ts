import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { killMember } from '../../../src/linux/cgroup/kill-member.ts'

test('killMember() kills a process that is still a member', async () => {
  const child = spawn('sleep', ['60'])
  killMember(child.pid ?? -1, () => true)
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
})

test('killMember() spares a process that is no member any more', async () => {
  const child = spawn('sleep', ['60'])
  killMember(child.pid ?? -1, () => false)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
})

test('killMember() takes a process that has ended for done', () => {
  expect(() => killMember(2 ** 22 - 1, () => true)).not.toThrow()
})
