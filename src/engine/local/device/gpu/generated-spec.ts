import type { CdiDeviceNode, CdiDeviceSpec, CdiEdits, CdiSpec } from '../../../../oci/cdi/cdi-spec.ts'
import { neededCdiVersion } from '../../../../oci/cdi/cdi-version.ts'
import type { SystemRoot } from './system-root.ts'

/** Returns a specification in the oldest version that has what is in it, so that most programs can read it. */
export function generatedSpec(
  kind: string,
  devices: readonly CdiDeviceSpec[],
  containerEdits: CdiEdits = {},
): CdiSpec {
  const spec = {
    cdiVersion: '0.3.0',
    kind,
    devices,
    ...(Object.keys(containerEdits).length > 0 && { containerEdits }),
  }
  return { ...spec, cdiVersion: neededCdiVersion(spec).version }
}

/** Returns the nodes at `paths`, the same in the container. */
export function nodesAt(root: SystemRoot, paths: readonly string[]): readonly CdiDeviceNode[] {
  return paths.map(path => ({ path, ...(root.path !== '/' && { hostPath: root.at(path) }) }))
}

/** Returns a device that has everything of `devices`, under the name `all`. */
export function allOf(devices: readonly CdiDeviceSpec[]): CdiDeviceSpec {
  const nodes = devices.flatMap(({ containerEdits }) => containerEdits.deviceNodes ?? [])
  const groups = devices.flatMap(({ containerEdits }) => containerEdits.additionalGids ?? [])
  return {
    name: 'all',
    containerEdits: {
      deviceNodes: [...new Map(nodes.map(node => [node.path, node])).values()],
      ...(groups.length > 0 && { additionalGids: [...new Set(groups)] }),
    },
  }
}
