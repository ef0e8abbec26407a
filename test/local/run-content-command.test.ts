import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { millisOf } from '../../src/base/millis.ts'
import { runContentCommand } from '../../src/local/run-content-command.ts'
import { eventually } from '../support/eventually.ts'

function run(script: string, { timeout = 60_000, signal }: { timeout?: number; signal?: AbortSignal } = {}) {
  return runContentCommand(
    {
      argv: ['sh', '-c', script],
      folder: '/usr',
      environment: new Map([['PATH', '/usr/bin:/bin']]),
      timeout: millisOf(timeout),
      signal,
    },
    1,
  )
}

/** Returns the processes that were started with `mark` among their arguments. */
function processesOf(mark: string): readonly string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)
    } catch {
      return false
    }
  })
}

describe('runContentCommand()', () => {
  test.for<readonly [string, string]>([
    ['printf "a\\nb"', 'a\nb'],
    ['echo one', 'one'],
    ['printf "two\\n\\n"', 'two\n'],
    ['pwd; echo "$PATH"', '/usr\n/usr/bin:/bin'],
    ['cat', ''],
    [':', ''],
  ])('%s gives its output without the last line break', async ([script, text]) => {
    const content = await run(script)
    expect(content.kind === 'read' && Buffer.from(content.bytes).toString()).toBe(text)
  })

  test.for<readonly [string, string]>([
    ['echo part; echo "first\nlast" >&2; exit 7', 'it ended with exit code 7 (last)'],
    ['exit 1', 'it ended with exit code 1'],
    ['kill -9 $$', 'it was ended by SIGKILL'],
    ['head -c 2000000 /dev/zero', 'it wrote more than 1 MiB'],
  ])('%s is a failure that shows no output', async ([script, reason]) => {
    expect(await run(script)).toEqual({ kind: 'unreadable', reason })
  })

  test('ends all that the program has started when its time is over', async () => {
    const mark = `4711.${process.pid}`
    expect(await run(`sleep ${mark} & sleep ${mark} | cat`, { timeout: 200 })).toEqual({
      kind: 'unreadable',
      reason: 'it took longer than 0.2 s',
    })
    await eventually(async () => expect(processesOf(mark)).toEqual([]))
  })

  test('ends the program with the command that wants its output', async () => {
    const controller = new AbortController()
    const content = run('sleep 1000', { signal: controller.signal })
    controller.abort()
    expect(await content).toEqual({ kind: 'unreadable', reason: 'it was interrupted' })
  })
})
