import { existsSync } from 'node:fs'
import { volumePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Plan } from '../../../planner/plan.ts'
import { findExternalNetwork } from '../network/external-network.ts'
import type { Roots } from '../state/layout.ts'
import { volumeLayout } from '../volume/volume-layout.ts'

/** What a file calls a network or a volume, and what it is called. */
interface Resource {
  readonly key: string
  readonly name: string
}

/** Returns one problem for each network and volume that containers of `plan` need and that does not exist. */
export function missingExternals(roots: Roots, plan: Plan): readonly TcomposeError[] {
  const made = { networks: new Set<string>(), volumes: new Set<string>() }
  const used = { networks: new Map<string, string>(), volumes: new Map<string, string>() }
  for (const { action } of plan.steps) {
    if (action.kind === 'create-network') made.networks.add(action.network.key)
    else if (action.kind === 'create-volume') made.volumes.add(action.volume.key)
    if (action.kind !== 'create-container' && action.kind !== 'reattach-container') continue
    for (const [key, name] of action.container.networkNames) used.networks.set(key, name)
    for (const [key, name] of action.container.volumeNames) used.volumes.set(key, name)
  }
  return [
    ...without(used.networks, made.networks).flatMap(network =>
      problem(() => findExternalNetwork(roots, network)),
    ),
    ...without(used.volumes, made.volumes).flatMap(volume =>
      problem(() => requireExternalVolume(roots, volume)),
    ),
  ]
}

/** @throws {TcomposeError} `volume` if there is no volume called `name`. */
export function requireExternalVolume(roots: Roots, { key, name }: Resource): void {
  if (existsSync(volumeLayout(roots, name).data)) return
  throw new TcomposeError('volume', `Cannot use external volume "${name}": it does not exist`, {
    hint: 'Bring up the project that declares it first, or remove "external"',
    origin: volumePath(key),
  })
}

function without(used: ReadonlyMap<string, string>, made: ReadonlySet<string>): readonly Resource[] {
  return [...used].flatMap(([key, name]) => (made.has(key) ? [] : [{ key, name }]))
}

function problem(check: () => unknown): readonly TcomposeError[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof TcomposeError) return [error]
    throw error
  }
}
