import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { killChildren } from '../../src/linux/kill-children.ts'

test('killChildren() kills what a process has started, and leaves the process', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo started; wait $!; echo "ended with $?"'])
  const [first] = await once(parent.stdout, 'data')
  expect(String(first)).toBe('started\n')
  killChildren(parent.pid ?? 0)
  const [second] = await once(parent.stdout, 'data')
  expect(String(second)).toBe('ended with 137\n')
})
