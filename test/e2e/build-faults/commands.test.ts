import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readIfPresent } from '../../../src/disk/record-file.ts'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'
import { processesWith } from '../../support/processes-with.ts'

const MARK = '86399.3'
const DAEMON = `setsid sh -c 'trap "" TERM INT HUP; sleep ${MARK}'`

/** Commands that end, with what is in their layer. */
const COMMANDS: readonly { readonly name: string; readonly command: string; readonly exitCode: number }[] = [
  { name: 'leaves a daemon behind', command: `${DAEMON} & sleep 0.1; echo done > /made`, exitCode: 0 },
  {
    name: 'leaves a daemon behind without output',
    command: `${DAEMON} > /dev/null 2>&1 < /dev/null & echo done > /made`,
    exitCode: 0,
  },
  {
    name: 'closes its output',
    command: 'exec > /dev/null 2>&1 >&- 2>&-; sleep 0.1; echo done > /made',
    exitCode: 0,
  },
  { name: 'fails with its output closed', command: `${DAEMON} & exec >&- 2>&-; exit 5`, exitCode: 1 },
]

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.open({ files: {} })
})
afterAll(() => bench[Symbol.asyncDispose]())

function writeRun(command: string): void {
  bench.project.write('ctx/Dockerfile', `FROM base:1\nRUN ${command}\n`)
}

describe('a step ends with its command, and leaves nothing, where that', () => {
  for (const { name, command, exitCode } of COMMANDS) {
    test(name, async () => {
      writeRun(command)
      const result = await bench.build()
      expect(result.exitCode, result.stderr).toBe(exitCode)
      if (exitCode === 0) expect((await bench.describe()).tree).toHaveProperty(['/made'])
      expect(processesWith(MARK)).toEqual([])
      bench.expectNothingLeft()
    })
  }

  test('waits for ever without output, until Ctrl-C', async () => {
    writeRun(`echo begun; exec >&- 2>&-; sleep ${MARK}`)
    const child = bench.project.spawn(['--progress', 'plain', 'build'])
    const ended = new Promise(done => child.once('exit', done))
    await new Promise<void>(seen => {
      child.stderr?.on('data', (chunk: Buffer) => {
        if (/ begun/.test(chunk.toString())) seen()
      })
    })
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(processesWith(MARK)).toEqual([])
    bench.expectNothingLeft()
  })
})

test('what a command writes waits for a slow reader, and all of it comes', async () => {
  writeRun(`awk 'BEGIN { for (i = 0; i < 300000; i++) print i " is the number of this line" }'`)
  const child = bench.project.spawn(['--progress', 'json', 'build'], { TCOMPOSE_WARM: '0' })
  const ended = once(child, 'close')
  let count = 0
  let mostKilobytes = 0
  if (child.stderr === null) throw new Error('There is nothing to read')
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes('is the number of this line"')) continue
    count += 1
    if (count % 50 === 0) await setImmediate()
    if (count % 5000 === 0) mostKilobytes = peakOf(child.pid ?? 0) ?? mostKilobytes
  }
  expect([await ended, count]).toEqual([[0, null], 300_000])
  expect(mostKilobytes).toBeGreaterThan(10_000)
  expect(mostKilobytes).toBeLessThan(350_000)
})

/** Returns the most that a process has held, in kilobytes; undefined once it has ended. */
function peakOf(pid: number): number | undefined {
  const status = readIfPresent(`/proc/${pid}/status`) ?? ''
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return found === undefined ? undefined : Number(found)
}
