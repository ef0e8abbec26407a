import { expect, test } from 'vitest'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'

const COMPOSE = `name: fault
services:
  deep: { image: "fault:deep", build: { context: ctx, dockerfile: Deep } }
  top: { image: "fault:top", build: { context: ctx, dockerfile: Top }, stop_signal: SIGKILL }
`

test('an image of 142 layers is built, started from, and run', async () => {
  const steps = Array.from({ length: 141 }, (_, index) => `WORKDIR /w${index}`)
  const files = {
    'ctx/Deep': ['FROM base:1', ...steps, ''].join('\n'),
    'ctx/Top': 'FROM fault:deep\nRUN ls -d /w* | wc -l > /count\nCMD ["sleep", "600"]\n',
  }
  await using bench = await FaultBench.open({ compose: COMPOSE, files })
  await bench.mustBuild()
  expect((await bench.describe('fault:deep')).diffIds).toHaveLength(142)
  await bench.project.succeed('up', '-d', 'top')
  expect(await bench.project.succeed('exec', '-T', 'top', 'cat', '/count')).toBe('141\n')
  await bench.project.succeed('down')
  bench.expectNothingLeft()
})
