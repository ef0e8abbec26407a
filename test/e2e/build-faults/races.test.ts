import { describe, expect, test } from 'vitest'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'

const SHARED = `FROM base:1
COPY src /src
RUN head -c 16 /dev/urandom | md5sum > /rnd1; sleep 0.3
WORKDIR /w
RUN cat /src/a /rnd1 > b
`

describe('builds of the same Dockerfile at the same time', () => {
  test('by two commands make one image each time, and lose no step', async () => {
    await using bench = await FaultBench.open({ files: { 'ctx/Dockerfile': SHARED, 'ctx/src/a': 'a' } })
    for (const content of ['one', 'two']) {
      bench.project.write('ctx/src/a', content)
      const results = await Promise.all([bench.build(), bench.build(), bench.build()])
      expect(results.map(({ exitCode, stderr }) => (exitCode === 0 ? '' : stderr))).toEqual(['', '', ''])
      expect(Object.keys((await bench.describe()).tree)).toEqual(['/rnd1', '/src', '/src/a', '/w', '/w/b'])
      expect(await bench.mustBuild()).toContain('4 steps, all cached')
    }
    bench.expectNothingLeft()
  })

  test('by one command run each step once', async () => {
    const compose = `name: fault
services:
  a: { image: "fault:a", build: ctx }
  b: { image: "fault:b", build: ctx }
  c: { image: "fault:c", build: ctx }
`
    const files = { 'ctx/Dockerfile': SHARED, 'ctx/src/a': 'a' }
    await using bench = await FaultBench.open({ compose, files })
    for (const parallel of ['1', '-1']) {
      await bench.mustBuild('--no-cache', '--parallel', parallel)
      const images = [
        await bench.describe('fault:a'),
        await bench.describe('fault:b'),
        await bench.describe('fault:c'),
      ]
      expect(new Set(images.map(({ diffIds }) => `${diffIds}`)).size, parallel).toBe(1)
      expect(await bench.mustBuild()).toContain('4 steps, all cached')
    }
    bench.expectNothingLeft()
  })

  test('by one command go on where one of them fails', async () => {
    const compose = `name: fault
services:
  bad: { image: "fault:bad", build: { context: ctx, target: bad } }
  good: { image: "fault:good", build: { context: ctx, target: good } }
`
    const dockerfile = `FROM base:1 AS shared
RUN sleep 0.4; echo shared > /shared
FROM base:1 AS failing
RUN sleep 0.1; echo to be seen; exit 7
FROM shared AS good
RUN cat /shared > /good
FROM shared AS bad
COPY --from=failing / /
`
    await using bench = await FaultBench.open({ compose, files: { 'ctx/Dockerfile': dockerfile } })
    const { exitCode, stdout, stderr } = await bench.build()
    expect(exitCode).toBe(1)
    expect(`${stdout}${stderr}`).toMatch(/it exited with 7.*Dockerfile:4/s)
    expect(Object.keys((await bench.describe('fault:good')).tree)).toEqual(['/good', '/shared'])
    expect((await bench.project.run(['image', 'inspect', 'fault:bad'])).exitCode).toBe(1)
    bench.expectNothingLeft()
  })
})
