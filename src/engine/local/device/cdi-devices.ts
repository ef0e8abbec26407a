import { isInterfaceName } from '../../../base/is-interface-name.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { CdiSource } from '../../../oci/cdi/cdi-index.ts'
import type { CdiEdits, CdiNetDevice } from '../../../oci/cdi/cdi-spec.ts'
import type { LentInterface } from '../network/lent-interfaces.ts'
import type { CdiSelection } from './cdi-catalogue.ts'
import { type Edited, notDone } from './cdi-edited.ts'
import { type HookEffect, hookEffects } from './cdi-hooks.ts'
import { cdiMount, fixedNodes } from './cdi-mount.ts'
import { cdiNode } from './cdi-node.ts'
import { type ContainerDevices, joinDevices, NO_DEVICES } from './container-devices.ts'

/**
 * Returns what a container gets with the devices of `selections`: what a specification says of all its devices once,
 * before what it says of each.
 *
 * @throws {TcomposeError} `cdi-spec` for what this version does not do; `device-not-found` if a node or a file that is
 *   to be mounted is not there.
 */
export function cdiDevices(selections: readonly CdiSelection[]): ContainerDevices {
  const seen = new Set<CdiSource>()
  return joinDevices(
    selections.flatMap(({ choice: { source, device }, origin }) => {
      const edited = { source: source.name, origin }
      const general = seen.has(source) ? [] : [edit(source.spec.containerEdits ?? {}, edited)]
      seen.add(source)
      return [...general, edit(device.containerEdits, edited)]
    }),
  )
}

function edit(edits: CdiEdits, edited: Edited): ContainerDevices {
  refuseWhatIsNotDone(edits, edited)
  const nodes = (edits.deviceNodes ?? []).map(node => cdiNode(node, edited))
  const effects = (edits.hooks ?? []).flatMap(hook => effectsOf(hook, edited))
  refuseModes(
    effects,
    nodes.map(({ node }) => node.path),
    edited,
  )
  return {
    ...NO_DEVICES,
    nodes: nodes.map(({ node }) => node),
    rules: nodes.map(({ rule }) => rule),
    environment: edits.env ?? [],
    groups: (edits.additionalGids ?? []).filter(gid => gid !== 0),
    mounts: [
      ...(edits.mounts ?? []).map(mount => cdiMount(mount, edited)),
      ...(effects.some(({ kind }) => kind === 'fixed-nodes') ? fixedNodes(edited) : []),
    ],
    links: effects.flatMap(effect =>
      effect.kind === 'link' ? [{ path: effect.path, target: effect.target, origin: edited.origin }] : [],
    ),
    interfaces: (edits.netDevices ?? []).map(device => cdiInterface(device, edited)),
    libraryFolders: effects.flatMap(effect => (effect.kind === 'library-folder' ? [effect.folder] : [])),
    cudaDriver: effects
      .flatMap(effect => (effect.kind === 'cuda-compatibility' ? [effect.driver] : []))
      .at(-1),
  }
}

function effectsOf(
  hook: Parameters<typeof hookEffects>[0],
  { source, origin }: Edited,
): readonly HookEffect[] {
  try {
    return hookEffects(hook, source)
  } catch (error) {
    throw error instanceof TcomposeError ? error.at(origin) : error
  }
}

function cdiInterface({ hostInterfaceName, name }: CdiNetDevice, edited: Edited): LentInterface {
  const unfit = [hostInterfaceName, name].find(text => !isInterfaceName(text))
  if (unfit === undefined) return { hostName: hostInterfaceName, name, ...edited }
  throw new TcomposeError(
    'cdi-spec',
    `Cannot use "${edited.source}": "${unfit}" cannot be the name of an interface`,
    {
      hint: 'Write 1 to 15 bytes without blanks, ":", "/" and "%"',
      origin: edited.origin,
    },
  )
}

function refuseWhatIsNotDone({ intelRdt, deviceNodes = [] }: CdiEdits, edited: Edited): void {
  if (intelRdt !== undefined) throw notDone('intelRdt', edited)
  const pipe = deviceNodes.find(({ type }) => type === 'p')
  if (pipe !== undefined) throw notDone(`the named pipe ${pipe.path}`, edited)
}

/** The folders of nodes have mode 0755 in any case. */
function refuseModes(effects: readonly HookEffect[], nodes: readonly string[], edited: Edited): void {
  for (const effect of effects) {
    if (effect.kind !== 'folder-mode') continue
    const isFolder = nodes.length === 0 || nodes.some(node => node.startsWith(`${effect.path}/`))
    if (effect.mode !== 0o755 || !isFolder || !effect.path.startsWith('/dev/'))
      throw notDone(`mode ${effect.mode.toString(8)} for ${effect.path}`, edited)
  }
}
