import { existsSync, mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LockOptions } from '../../../../src/engine/engine.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import {
  lockPresentProject,
  lockProject,
  tryLockProject,
} from '../../../../src/engine/local/state/project-lock.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function options(onWait: LockOptions['onWait'] = () => {}): LockOptions {
  return { command: 'up', signal: new AbortController().signal, onWait }
}

function layoutIn(folder: string) {
  return projectLayout({ data: `${folder}/data`, run: `${folder}/run` }, parseProjectName('shop'))
}

test('lockProject() makes the run folder, and removes it again where nothing else is in it', async () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  const lock = await lockProject(layout, options())
  expect(existsSync(layout.lock)).toBe(true)
  lock[Symbol.dispose]()
  expect(existsSync(layout.runDir)).toBe(false)
})

test('lockPresentProject() makes nothing for a project without run folder', async () => {
  using folder = temporaryFolder()
  expect(await lockPresentProject(layoutIn(folder.path), options())).toBeUndefined()
  expect(existsSync(`${folder.path}/run`)).toBe(false)
})

test('lockPresentProject() brings back nothing of a project that goes while it waits', async () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  const held = await lockProject(layout, options())
  const waited = Promise.withResolvers<string>()
  const waiting = lockPresentProject(
    layout,
    options(holder => waited.resolve(holder.command)),
  )
  expect(await waited.promise).toBe('up')
  held[Symbol.dispose]()
  expect(await waiting).toBeUndefined()
  expect(existsSync(layout.runDir)).toBe(false)
})

test('tryLockProject() returns undefined while the lock is held, and where there is no run folder', () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  expect(tryLockProject(layout, 'up')).toBeUndefined()
  expect(existsSync(layout.runDir)).toBe(false)
  mkdirSync(layout.runDir, { recursive: true })
  using lock = tryLockProject(layout, 'up')
  expect(lock).toBeDefined()
  expect(tryLockProject(layout, 'down')).toBeUndefined()
})
