import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../siege/random.ts'
import { FaultBench } from '../support/build-fault/fault-bench.ts'
import { measureBuild, SEVEN_STEPS, surviveKill } from '../support/build-fault/killed-build.ts'

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
