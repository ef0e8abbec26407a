import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SmallDisk } from '../../siege/small-disk.ts'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'

test('a build on a full disk says so, and the next one with room is right', async () => {
  let disk: SmallDisk | undefined
  await using bench = await FaultBench.open({
    files: {
      'ctx/src/a': 'a'.repeat(30_000),
      'ctx/Dockerfile': `FROM base:1
COPY src /src
RUN dd if=/src/a of=/copy
WORKDIR /w
COPY src /again
`,
    },
    onState: ({ data }) => {
      mkdirSync(data)
      disk = new SmallDisk(data, 16 * 2 ** 20)
      return disk
    },
  })
  if (disk === undefined) throw new Error('There is no disk')
  const before = disk.usedBlocks()
  await bench.mustBuild()
  const needed = disk.usedBlocks() - before
  const { tree } = await bench.describe()
  await bench.project.succeed('image', 'rm', 'fault:1')
  const outcomes: string[] = []
  for (let blocks = 0; blocks <= needed + 4; blocks += 8) {
    await bench.project.succeed('builder', 'prune', '-a', '-f')
    disk.fill(blocks)
    const { exitCode, stderr } = await bench.build(['--no-cache'])
    disk.drain()
    if (exitCode !== 0) expect(stderr).toMatch(/no space left on device|No space left on device/i)
    if (exitCode !== 0) expect(stderr).toMatch(/error\[TC(2006|8\d+)\]/)
    expect(stderr).not.toContain('internal error')
    outcomes.push(exitCode === 0 ? 'built' : 'refused')
    await bench.mustBuild()
    expect((await bench.describe()).tree).toEqual(tree)
    bench.expectNothingLeft()
    await bench.project.succeed('image', 'rm', 'fault:1')
  }
  expect(new Set(outcomes)).toEqual(new Set(['built', 'refused']))
})
