import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Which tests to run, and where. */
export interface UnitTestRun {
  /** A copy of the checkout. */
  readonly tree: string
  readonly tests: readonly string[]
  readonly limitMs: number
  /** Where to write the results of each file, in the format of Vitest's JSON reporter. @default nowhere */
  readonly report?: string
}

export type UnitTestEnd = 'passed' | 'failed' | 'too-slow'

/** Runs unit tests until the first failure. Those that are too slow are killed, with what they have started. */
export async function runUnitTests({ tree, tests, limitMs, report }: UnitTestRun): Promise<UnitTestEnd> {
  const reporter =
    report === undefined ? ['--reporter=dot', '--bail=1'] : ['--reporter=json', `--outputFile=${report}`]
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...reporter]
  const child = spawn(process.execPath, [...vitest, ...tests], {
    cwd: tree,
    stdio: ['ignore', 'ignore', report === undefined ? 'ignore' : 'inherit'],
    detached: true,
  })
  let isTooSlow = false
  const timer = setTimeout(() => {
    isTooSlow = true
    endGroup(child.pid)
  }, limitMs)
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  endGroup(child.pid)
  if (isTooSlow) return 'too-slow'
  return code === 0 ? 'passed' : 'failed'
}

/** Ends what a process started by `detached` left in its group. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // ESRCH: the group is empty.
  }
}
