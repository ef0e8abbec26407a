import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../../siege/random.ts'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'
import { measureBuild, SEVEN_STEPS, surviveKill } from '../../support/build-fault/killed-build.ts'
import { processesWith } from '../../support/processes-with.ts'

describe('a build that is killed', () => {
  let bench: FaultBench
  beforeAll(async () => {
    bench = await FaultBench.open(SEVEN_STEPS)
  })
  afterAll(() => bench[Symbol.asyncDispose]())

  test('leaves nothing behind the next build, whatever step it was at', async () => {
    const { events, tookMs } = await measureBuild(bench)
    const { tree } = await bench.describe()
    const random = new Random(11)
    for (let count = 3; count < events; count += 3) {
      await surviveKill(bench, { point: { kind: 'event', count }, round: `event ${count}`, tree })
    }
    for (let number = 0; number < 4; number += 1) {
      const afterMs = tookMs * (0.2 + 0.8 * random.fraction())
      await surviveKill(bench, { point: { kind: 'time', afterMs }, round: `time ${number}`, tree })
    }
    await bench.expectAllCollected()
  })
})

/** Resolves when `child` has written a line that has `text` in it. */
async function written({ stdout, stderr }: ChildProcess, text: string): Promise<void> {
  const seen = Promise.withResolvers<void>()
  for (const output of [stdout, stderr]) {
    if (output === null) continue
    createInterface({ input: output }).on('line', line => {
      if (line.includes(text)) seen.resolve()
    })
  }
  await seen.promise
}

test('Ctrl-C ends a build at once, leaves nothing, and keeps the steps that were done', async () => {
  const dockerfile = (last: string): string => `FROM base:1\nRUN echo done > /done\nRUN ${last}\n`
  const stubborn =
    'echo begun >&2; trap "" INT TERM HUP; (trap "" TERM INT; setsid sleep 86399.7) & sleep 86399.7'
  await using bench = await FaultBench.open({ files: { 'ctx/Dockerfile': dockerfile(stubborn) } })
  const child = bench.project.spawn(['--progress', 'plain', 'build'])
  const exit = once(child, 'exit')
  await written(child, ' begun')
  const begun = performance.now()
  child.kill('SIGINT')
  expect(await exit).toEqual([130, null])
  expect(performance.now() - begun).toBeLessThan(2000)
  expect(processesWith('86399.7')).toEqual([])
  bench.expectNothingLeft()
  bench.project.write('ctx/Dockerfile', dockerfile('true'))
  expect(await bench.mustBuild()).toMatch(/RUN echo done > .done\n#1 CACHED/)
})
