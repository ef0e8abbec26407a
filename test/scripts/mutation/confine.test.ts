import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { resultOf } from '../../support/test-project.ts'

const PROGRAM = resolve(import.meta.dirname, '../../support/confined-program.ts')

test('runConfined() isolates what it runs from files, processes and interfaces of the host', async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) return skip('it takes root to make namespaces')
  using folder = temporaryFolder()
  const marker = join(folder.path, 'marker')
  const { exitCode, stdout, stderr } = await resultOf(spawn(process.execPath, [PROGRAM, marker]))
  expect([exitCode, stderr]).toEqual([3, ''])
  expect(JSON.parse(stdout)).toEqual({
    inside: 'done',
    outside: 'EROFS',
    temporary: true,
    processes: 1,
    interfaces: ['lo'],
  })
  expect(existsSync(marker)).toBe(false)
})
