import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { likenessOf } from '../../src/warm/caller-likeness.ts'

/** Runs `use` beside a process that a shell command has become. */
async function beside<T>(command: string, use: (pid: number) => T): Promise<T> {
  const child: ChildProcess = spawn('sh', ['-c', `${command} sh -c 'echo; exec sleep 60'`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    if (child.stdout !== null) await once(child.stdout, 'data')
    return use(child.pid ?? 0)
  } finally {
    child.kill('SIGKILL')
  }
}

test('a child is like its parent', async () => {
  expect(likenessOf('self')).toBe(likenessOf(process.pid))
  expect(await beside('exec', likenessOf)).toBe(likenessOf('self'))
})

test.for(['ulimit -n 99; exec', 'exec nice -n 5', 'exec setpriv --no-new-privs', 'exec taskset -c 0'])(
  'a process behind "%s" is not like this one',
  async command => {
    const other = await beside(command, likenessOf)
    expect(other).toEqual(expect.any(String))
    expect(other).not.toBe(likenessOf('self'))
  },
)

test('a process that has ended is like none', () => {
  expect(likenessOf(2 ** 22 + 1)).toBeUndefined()
})
