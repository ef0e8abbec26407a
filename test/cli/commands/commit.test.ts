import { expect, test } from 'vitest'
import type { CommitOptions, CommitResult } from '../../../src/app/commit.ts'
import { parseDigest } from '../../../src/base/digest.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const ID = parseDigest(`sha256:${'ab'.repeat(32)}`)

async function commit(result: CommitResult, ...args: readonly string[]) {
  const asked: CommitOptions[] = []
  const ports = recordedPorts(['commit', ...args], {
    commit: async (_request, options) => {
      asked.push(options)
      return result
    },
  })
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked }
}

const DONE: CommitResult = { kind: 'committed', container: 'shop-web-1', id: ID }

test('commit passes on what its options say, and names the image', async () => {
  const { exitCode, stderr, asked } = await commit(
    DONE,
    ...[
      '-a',
      'Ann',
      '-c',
      'CMD a',
      '--change',
      'USER b',
      '-m',
      'why',
      '--index',
      '2',
      '--pause=false',
      'web',
      'name:1',
    ],
  )
  expect([exitCode, stderr]).toEqual([0, ` shop-web-1  Commit shop-web-1  Committed as ${ID}\n`])
  expect(asked).toMatchObject([
    {
      ...{ service: 'web', index: 2, isDryRun: false },
      commit: { name: 'name:1', author: 'Ann', message: 'why', changes: ['CMD a', 'USER b'], pause: false },
    },
  ])
})

test('commit freezes the container, and gives the image no name, unless told otherwise', async () => {
  const { asked } = await commit(DONE, 'web')
  expect(asked).toMatchObject([{ index: 1, commit: { name: undefined, changes: [], pause: true } }])
})

test('commit --dry-run has no image to name, and says that nothing was done', async () => {
  const { stderr, asked } = await commit({ ...DONE, id: undefined }, '--dry-run', 'web')
  expect(stderr).toBe(' DRY-RUN MODE -  shop-web-1  Commit shop-web-1  Committed\n')
  expect(asked).toMatchObject([{ isDryRun: true }])
})
