import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
