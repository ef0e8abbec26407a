import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readProcessStat } from '../../../src/linux/process-stat.ts'
import { findKeeper } from '../../../src/runtime/keeper/find-keeper.ts'
import { isKept } from '../../../src/runtime/keeper/is-kept.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('a process is kept while its parent is a keeper, and no longer', async () => {
  using folder = temporaryFolder()
  const script = join(folder.path, 'tc-keeper')
  writeFileSync(script, '#!/bin/sh\nsleep 60 <&- >&- 2>&- & echo $!; wait\n')
  chmodSync(script, 0o755)
  const lock = join(folder.path, 'keeper.lock')
  const keeper = spawn(script, ['--socket', '/s', '--lock', lock, '--log', '/l'])
  const [line] = await once(keeper.stdout, 'data')
  const child = Number(String(line))
  const parentOf = (): number => readProcessStat(child)?.parentPid ?? 0
  expect(parentOf()).toBe(keeper.pid)
  expect(isKept(parentOf())).toBe(true)
  expect(findKeeper(lock)).toBe(keeper.pid)
  expect(findKeeper(`${lock}2`)).toBeUndefined()
  keeper.kill('SIGKILL')
  await once(keeper, 'exit')
  expect(isKept(parentOf())).toBe(false)
  expect(findKeeper(lock)).toBeUndefined()
  process.kill(child, 'SIGKILL')
})
