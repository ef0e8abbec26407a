import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { type SignallingKeeper, throughRuntime } from '../../../../src/engine/local/apply/through-runtime.ts'
import type { OciRuntime } from '../../../../src/runtime/launch/oci-runtime.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveRecord } from '../../../support/live-record.ts'

const cgroup = { version: 2, folders: ['/cg'] } as const

/** Returns what the keeper is asked to signal a container that `kind` runs. */
async function asked(kind: OciRuntime['kind'] | undefined, signal: number): Promise<readonly string[]> {
  await using scene = applyScene()
  const { entry, layout } = scene.addContainer(aContainerSpec())
  mkdirSync(layout.runDir, { recursive: true })
  const runtime = kind && { kind, path: '/bin/runtime', args: [] }
  writeVolatileRecord(layout.live, aLiveRecord(entry, runtime && { runtime }))
  const heard: string[] = []
  const keeper: SignallingKeeper = {
    hasEnded: false,
    signal: async (id, sent) => void heard.push(`${id === entry.id ? 'container' : 'call'} ${sent}`),
    launch: async request => {
      heard.push(Buffer.isBuffer(request) ? 'stored' : `launch for ${request.join === entry.id}`)
      return { pid: 1, startTime: 1n }
    },
    wait: async () => ({ status: 0, finishedAt: 0n }),
  }
  await throughRuntime(keeper, { id: entry.id, layout, cgroup }).signal(entry.id, signal)
  return heard
}

test('throughRuntime() signals the process of a runtime that passes signals on', async () => {
  expect(await asked(undefined, 15)).toEqual(['container 15'])
  expect(await asked('runc', 15)).toEqual(['container 15'])
  expect(await asked('crun', 15)).toEqual(['container 15'])
})

test('throughRuntime() has runsc send signals, but for SIGKILL', async () => {
  expect(await asked('runsc', 15)).toEqual(['launch for true'])
  expect(await asked('runsc', 9)).toEqual(['container 9'])
})
