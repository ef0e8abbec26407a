import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import type { PrunedBuildCache } from '../../../src/model/stored-image.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { fakeImageStore } from '../../support/fake-image-store.ts'

const PRUNED: PrunedBuildCache = { steps: 12, folders: 1, bytes: 1_200_000_000 }

async function prune(args: readonly string[], pruned = PRUNED) {
  const calls: unknown[] = []
  const store = fakeImageStore({
    pruneBuildCache: async options => {
      calls.push(options)
      return pruned
    },
  })
  const ports = recordedPorts(['builder', 'prune', ...args], { images: async () => store })
  const exitCode = await runCli(ports)
  return { exitCode, calls, stdout: ports.stdout.text, stderr: ports.stderr.text }
}

for (const { args, wanted } of [
  { args: [], wanted: { all: false } },
  { args: ['--all'], wanted: { all: true } },
  { args: ['--keep-storage', '2g'], wanted: { all: false, keepBytes: 2 * 1024 ** 3 } },
  { args: ['--max-used-space', '1m'], wanted: { all: false, keepBytes: 1024 ** 2 } },
  { args: ['--reserved-space', '1m'], wanted: { all: false, keepBytes: 1024 ** 2 } },
  {
    args: ['--filter', 'until=24h'],
    wanted: { all: false, until: Date.parse('2026-11-22T12:00:00Z') },
  },
]) {
  test(`builder prune -f ${args.join(' ')} asks for that and nothing else`, async () => {
    expect(await prune(['-f', ...args])).toMatchObject({ exitCode: 0, calls: [wanted] })
  })
}

test('builder prune says what was removed', async () => {
  expect((await prune(['-f'])).stdout).toBe(
    'Deleted build cache objects:\n12 steps\n1 cache folder\n\nTotal reclaimed space: 1.2GB\n',
  )
  const nothing = await prune(['-f'], { steps: 0, folders: 0, bytes: 0 })
  expect(nothing.stdout).toBe('Total reclaimed space: 0B\n')
})

test('builder prune removes nothing without a confirmation', async () => {
  const { exitCode, calls, stderr } = await prune([])
  expect([exitCode, calls]).toEqual([2, []])
  expect(stderr).toContain('Add --force')
})

test('builder prune refuses what is no size', async () => {
  const { exitCode, calls, stderr } = await prune(['-f', '--keep-storage', 'much'])
  expect([exitCode, calls]).toEqual([2, []])
  expect(stderr).toContain('Expected a size such as 10g')
})
