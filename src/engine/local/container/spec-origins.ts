import type { Service } from '../../../model/service.ts'
import type { SpecOrigins, SpecPath } from '../../../runtime/launch/container-launch.ts'
import { rlimitType } from '../../../runtime/launch/rlimits.ts'

/** Returns the document paths behind the spec of a service's container, for errors to point at. */
export function specOrigins({ name, ulimits, sysctls }: Service): SpecOrigins {
  const place = `services.${name}`
  return new Map<SpecPath, string>([
    ['hostname', `${place}.hostname`],
    ['domainname', `${place}.domainname`],
    ['mounts', `${place}.volumes`],
    ['root.path', `${place}.image`],
    ['root.readonly', `${place}.read_only`],
    ['process.cwd', `${place}.working_dir`],
    ['process.oomScoreAdj', `${place}.oom_score_adj`],
    ['process.terminal', `${place}.tty`],
    ['linux.namespaces.network', `${place}.networks`],
    ...[...ulimits.keys()].map(
      name => [`process.rlimits.${rlimitType(name)}`, `${place}.ulimits.${name}`] as const,
    ),
    ...[...sysctls.keys()].map(key => [`linux.sysctl.${key}`, `${place}.sysctls.${key}`] as const),
  ])
}
