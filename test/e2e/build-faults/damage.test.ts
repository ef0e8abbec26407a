import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../../siege/random.ts'
import { DAMAGES, MOUNTING_STEPS, surviveDamage } from '../../support/build-fault/damaged-build.ts'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'
import { resultOf } from '../../support/test-project.ts'

let bench: FaultBench
let tree: unknown
beforeAll(async () => {
  bench = await FaultBench.open(MOUNTING_STEPS)
  await bench.mustBuild()
  tree = (await bench.describe()).tree
})
afterAll(() => bench[Symbol.asyncDispose]())

describe('a build is right where', () => {
  for (const [index, damage] of DAMAGES.entries()) {
    test(`records of builds and layers are damaged: ${damage}`, async () => {
      await surviveDamage(bench, { damage, random: new Random(index), tree })
    })
  }

  test.for(['layers/sha256/*', 'layers/l/*'])('all of %s are missing', async pattern => {
    for (const path of globSync(pattern, { cwd: bench.roots.data }))
      rmSync(join(bench.roots.data, path), { recursive: true })
    await bench.loadBase()
    await bench.mustBuild()
    expect((await bench.describe()).tree).toEqual(tree)
  })

  test('images are removed between builds', async () => {
    for (const words of [
      ['image', 'rm', 'fault:1'],
      ['image', 'prune', '-a', '-f'],
      ['system', 'prune', '-a', '-f'],
    ]) {
      await bench.project.succeed(...words)
      await bench.loadBase()
      await bench.mustBuild()
      expect((await bench.describe()).tree, words.join(' ')).toEqual(tree)
    }
    bench.expectNothingLeft()
  })

  test('garbage is collected while it runs', async () => {
    const prunes = [
      ['image', 'prune', '-a', '-f'],
      ['builder', 'prune', '-a', '-f'],
    ]
    const child = bench.project.spawn(['--progress', 'plain', 'build', '--no-cache'])
    let isDone = false
    const building = resultOf(child).finally(() => {
      isDone = true
    })
    // From its first step on the build holds what it starts from.
    const begun = new Promise<void>(resolve =>
      child.stderr?.on('data', text => /#1 /.test(`${text}`) && resolve()),
    )
    await Promise.race([begun, building])
    for (let turn = 0; !isDone; turn += 1) await bench.project.succeed(...(prunes[turn % 2] ?? []))
    const { exitCode, stderr } = await building
    expect(exitCode, stderr).toBe(0)
    await bench.loadBase()
    await bench.mustBuild()
    expect((await bench.describe()).tree).toEqual(tree)
    bench.expectNothingLeft()
  })
})
