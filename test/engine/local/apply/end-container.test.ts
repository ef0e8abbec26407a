import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endContainer } from '../../../../src/engine/local/apply/end-container.ts'
import type { EndingKeeper } from '../../../../src/engine/local/apply/end-process.ts'
import { type ContainerLayout, containerLayout } from '../../../../src/engine/local/state/layout.ts'
import { markPaused } from '../../../../src/engine/local/state/pause-mark.ts'
import { readProcessStat } from '../../../../src/linux/process-stat.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { readExitFile } from '../../../../src/runtime/keeper/process-files.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const SIGKILL = 9
const SIGTERM = 15
const QUICK = { signal: SIGKILL, graceMs: 0, patienceMs: 30 }
const NO_CGROUP = { version: 1, folders: [] } as const
/** A pid that the kernel gives to nobody. */
const NOBODY = 2 ** 22 + 1

function layoutIn(folder: string): ContainerLayout {
  const layout = containerLayout({ data: folder, run: folder }, parseProjectName('shop'), containerIdOf(1))
  mkdirSync(layout.runDir, { recursive: true })
  return layout
}

/** A keeper that takes signals for a process that never ends. */
function helplessKeeper(): EndingKeeper {
  return { signal: async () => {}, wait: () => new Promise(() => {}), hasEnded: false }
}

test('endContainer() names the process that outlives SIGKILL under its keeper', async () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  writeFileSync(layout.pid, `${NOBODY} 1 1700000000123456789\n`)
  const container = { id: 'a', name: 'shop-a-1', layout, cgroup: NO_CGROUP, keeper: helplessKeeper() }
  await expect(endContainer(container, QUICK)).rejects.toMatchObject({
    code: 'process-survives',
    message: `Cannot end container shop-a-1: process ${NOBODY} is still there 0.03 s after SIGKILL`,
  })
})

test('endContainer() names what stays in the control group', async () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  const group = join(folder.path, 'group')
  mkdirSync(group)
  writeFileSync(join(group, 'cgroup.procs'), `${NOBODY}\n${NOBODY + 1}\n`)
  writeFileSync(join(group, 'cgroup.kill'), '')
  const cgroup = { version: 2, folders: [group] } as const
  const container = { id: 'a', name: 'shop-a-1', layout, cgroup, keeper: undefined }
  await expect(endContainer(container, { ...QUICK, patienceMs: 500 })).rejects.toMatchObject({
    code: 'process-survives',
    message: expect.stringContaining(`processes ${NOBODY}, ${NOBODY + 1} are still there`),
  })
  expect(readFileSync(join(group, 'cgroup.kill'), 'utf8')).toBe('1')
})

test('endContainer() ends the recorded process itself when its keeper ends meanwhile', async () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  const child = spawn('sh', ['-c', 'trap "" TERM; echo deaf; exec sleep 60'])
  await once(child.stdout, 'data')
  const ended = once(child, 'exit')
  const startTime = readProcessStat(child.pid ?? 0)?.startTime
  writeFileSync(layout.pid, `${child.pid} ${startTime} 1700000000123456789\n`)
  const gone = Promise.reject(new Error('the connection ended'))
  gone.catch(() => {})
  const keeper: EndingKeeper = { signal: () => gone, wait: () => gone, hasEnded: true }
  const container = { id: 'a', name: 'shop-a-1', layout, cgroup: NO_CGROUP, keeper }
  await endContainer(container, { signal: SIGTERM, graceMs: 50 })
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(readExitFile(layout.exit)).toMatchObject({ exitCode: 137 })
})

test('endContainer() lets a container run again that is paused after it has its signal', async () => {
  using folder = temporaryFolder()
  const layout = layoutIn(folder.path)
  writeFileSync(layout.pid, `${NOBODY} 1 1700000000123456789\n`)
  const group = join(folder.path, 'group')
  mkdirSync(group)
  for (const [name, text] of [
    ['cgroup.procs', ''],
    ['cgroup.freeze', '0'],
  ] as const)
    writeFileSync(join(group, name), text)
  const pause = (): void => {
    writeFileSync(join(group, 'cgroup.freeze'), '1')
    markPaused(layout, group)
  }
  const keeper = {
    ...helplessKeeper(),
    signal: async () => void setTimeout(pause, 20),
  }
  const cgroup = { version: 2, folders: [group] } as const
  const container = { id: 'a', name: 'shop-a-1', layout, cgroup, keeper }
  await expect(endContainer(container, { ...QUICK, patienceMs: 500 })).rejects.toThrow('still there')
  expect(readFileSync(join(group, 'cgroup.freeze'), 'utf8')).toBe('0')
})
