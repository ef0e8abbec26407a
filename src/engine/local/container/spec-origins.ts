import { type ModelPath, servicePath } from '../../../base/model-path.ts'
import type { Service } from '../../../model/service.ts'
import type { SpecOrigins, SpecPath } from '../../../runtime/launch/container-launch.ts'
import { rlimitType } from '../../../runtime/launch/rlimits.ts'
import type { ContainerNode } from '../device/container-devices.ts'

/** Returns the document paths behind the spec of a service's container, for errors to point at. */
export function specOrigins(
  { name, ulimits, sysctls }: Service,
  nodes: readonly ContainerNode[] = [],
): SpecOrigins {
  const at = (...keys: readonly string[]) => servicePath(name, ...keys)
  return new Map<SpecPath, ModelPath>([
    ['hostname', at('hostname')],
    ['domainname', at('domainname')],
    ['mounts', at('volumes')],
    ['root.path', at('image')],
    ['root.readonly', at('read_only')],
    ['process.cwd', at('working_dir')],
    ['process.oomScoreAdj', at('oom_score_adj')],
    ['process.terminal', at('tty')],
    ['linux.namespaces.network', at('networks')],
    ['linux.namespaces.pid', at('pid')],
    ['linux.namespaces.ipc', at('ipc')],
    ...[...ulimits.keys()].map(name => [`process.rlimits.${rlimitType(name)}`, at('ulimits', name)] as const),
    ...nodes.map(({ path, origin }) => [`linux.devices.${path}`, origin] as const),
    ...[...sysctls.keys()].map(key => [`linux.sysctl.${key}`, at('sysctls', key)] as const),
  ])
}
