import { expect, test } from 'vitest'
import type { CopyOptions } from '../../../src/app/copy.ts'
import type { ExportOptions } from '../../../src/app/export-container.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

async function cp(...args: readonly string[]) {
  const asked: CopyOptions[] = []
  const ports = recordedPorts(['cp', ...args], {
    copy: async (_request, options) => {
      asked.push(options)
      options.onCopied('shop-web-1')
      return { kind: 'copied' }
    },
  })
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked }
}

test('cp passes on what its options say, and names what was copied', async () => {
  const { exitCode, stderr, asked } = await cp('--all', '-a', '-L', '--index', '2', 'web:/a', 'b')
  expect([exitCode, stderr]).toEqual([0, ' shop-web-1  copy shop-web-1:/a to b  Copied\n'])
  expect(asked[0]).toMatchObject({
    ...{ service: 'web', index: 2, isDryRun: false, withOneOffs: true },
    copy: { followsLink: true, keepsOwner: true, from: { path: '/a' }, to: { path: 'b' } },
  })
})

test('cp names the container that something is copied to', async () => {
  const { stderr, asked } = await cp('b', 'web:/a')
  expect(stderr).toBe(' shop-web-1  copy b to shop-web-1:/a  Copied\n')
  expect(asked[0]).toMatchObject({ index: undefined, copy: { followsLink: false, keepsOwner: false } })
})

test('cp --dry-run says that nothing was copied', async () => {
  const { stderr, asked } = await cp('--dry-run', 'b', 'web:/a')
  expect(stderr).toBe(' DRY-RUN MODE -  shop-web-1  copy b to shop-web-1:/a  Copied\n')
  expect(asked).toMatchObject([{ isDryRun: true }])
})

test('export asks for the replica, and writes no archive to a terminal', async () => {
  const asked: ExportOptions[] = []
  const ports = recordedPorts(['export', '--index', '3', 'web'], {
    exportContainer: async (_request, options) => {
      asked.push(options)
      return { kind: 'exported' }
    },
  })
  expect(await runCli(ports)).toBe(0)
  expect(asked).toMatchObject([{ service: 'web', index: 3 }])
})
