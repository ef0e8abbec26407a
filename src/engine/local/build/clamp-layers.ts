import { mkdirSync } from 'node:fs'
import { sha256Hex } from '../../../base/sha256.ts'
import { cloneLayer } from '../../../store/built/clone-layer.ts'
import { parseStepKey, readStepRecord } from '../../../store/built/step-records.ts'
import { hasLayer } from '../../../store/layers/layer-store.ts'
import type { BuildSession } from './build-session.ts'
import type { StepLayer } from './image-document.ts'
import type { StepState } from './step-result.ts'

/**
 * Returns layers with no time later than `epochSeconds`, in the place of those that steps made. The steps are as cached
 * as they are: a layer that has later times is made a second time, from the files of the first.
 */
export async function clampLayers(
  states: ReadonlyMap<number, StepState>,
  epochSeconds: number,
  session: BuildSession,
): Promise<ReadonlyMap<number, StepLayer>> {
  const clamped = await Promise.all(
    [...states].map(async ([id, state]) => [id, await clampLayer(state, epochSeconds, session)] as const),
  )
  await session.publish()
  return new Map(await Promise.all(clamped.map(async ([id, made]) => [id, await made()] as const)))
}

async function clampLayer(
  state: StepState,
  epochSeconds: number,
  session: BuildSession,
): Promise<() => Promise<StepLayer>> {
  const { diffId } = await state.made()
  const createdAt = epochSeconds * 1000
  const key = parseStepKey(sha256Hex(`clamp ${diffId} ${epochSeconds}`))
  const record = readStepRecord(session.roots, key)
  if (record !== undefined) {
    await session.lease.keep([`layer ${record.diffId}`])
    if (hasLayer(session.roots, record.diffId)) return async () => ({ diffId: record.diffId, createdAt })
  }
  const folder = session.newFolder()
  mkdirSync(folder)
  using _paths = await session.paths.use()
  cloneLayer(state.layer.folder, folder)
  const text = `SOURCE_DATE_EPOCH ${epochSeconds}`
  const layer = session.add(folder, { key, resultId: key, text, createdAt }, { clampSeconds: epochSeconds })
  return async () => ({ diffId: (await layer.sealed).diffId, createdAt })
}
