import type { Action } from '../../planner/action.ts'
import { createVolume } from '../volume/create-volume.ts'
import { removeVolume } from '../volume/remove-volume.ts'
import type { ExecutionContext } from './execution-context.ts'

/** Makes a named volume; one that exists is taken over with its data. */
export async function createNamedVolume(
  { roots, store }: ExecutionContext,
  { volume, configHash }: Extract<Action, { kind: 'create-volume' }>,
): Promise<void> {
  const { key, name, external, labels } = volume
  createVolume(roots, { name, labels, createdAt: Date.now() })
  store.setVolume(key, { phase: 'created', key, name, external, configHash })
}

/** Removes a named volume and its data. */
export async function removeNamedVolume(
  { roots, store }: ExecutionContext,
  { key, name }: Extract<Action, { kind: 'remove-volume' }>,
): Promise<void> {
  await removeVolume(roots, name)
  store.setVolume(key, undefined)
}
