import { lstatSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Hex } from '../../../../src/base/sha256.ts'
import { BuildSession } from '../../../../src/engine/local/build/build-session.ts'
import { clampLayers } from '../../../../src/engine/local/build/clamp-layers.ts'
import type { StepState } from '../../../../src/engine/local/build/step-result.ts'
import { parseStepKey } from '../../../../src/store/built/step-records.ts'
import { layerPath } from '../../../../src/store/layers/layer-store.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const EPOCH_SECONDS = 5000

/** Makes a layer in which `early` is older than the epoch and `late` is not, as a step does. */
function stateOf(session: BuildSession): StepState {
  const folder = session.newFolder()
  mkdirSync(folder)
  for (const [name, time] of [
    ['early', 1000],
    ['late', 9000],
  ] as const) {
    writeFileSync(join(folder, name), name)
    utimesSync(join(folder, name), time, time)
  }
  const key = parseStepKey(sha256Hex('step'))
  const layer = session.add(folder, { key, resultId: 'result', text: 'COPY', createdAt: 1 })
  const made = async () => ({ diffId: (await layer.sealed).diffId, createdAt: 1 })
  return {
    key,
    parent: '',
    contents: [],
    reads: undefined,
    resultId: 'result',
    layers: [layer],
    layer,
    made,
    isMade: true,
  }
}

test('clampLayers() makes layers without later times, beside those of the steps, and once', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  using lease = openLease(roots)
  await using session = new BuildSession(roots, lease)
  const state = stateOf(session)
  const { diffId: own } = await state.made()
  const clamped = await clampLayers(new Map([[7, state]]), EPOCH_SECONDS, session)
  const { diffId, createdAt } = clamped.get(7) ?? {}
  const secondsOf = (digest: typeof own, name: string) =>
    lstatSync(join(layerPath(roots, digest), name)).mtimeMs / 1000
  expect(createdAt).toBe(EPOCH_SECONDS * 1000)
  expect(diffId !== undefined && ['early', 'late'].map(name => secondsOf(diffId, name))).toEqual([1000, 5000])
  expect(['early', 'late'].map(name => secondsOf(own, name))).toEqual([1000, 9000])
  expect(await clampLayers(new Map([[7, state]]), EPOCH_SECONDS, session)).toEqual(clamped)
  expect(readdirSync(join(roots.data, 'layers/sha256'))).toHaveLength(2)
})
