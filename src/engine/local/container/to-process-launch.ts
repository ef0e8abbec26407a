import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { OwnerMaps } from '../../../model/id-mapping.ts'
import type { Image } from '../../../model/image.ts'
import type { ContainerId } from '../../../model/names.ts'
import { type CapabilitySet, grantedCapabilities } from '../../../runtime/capabilities.ts'
import type { ProcessLaunch } from '../../../runtime/launch/container-launch.ts'
import type { RunningBundle } from '../../../runtime/launch/oci-runtime.ts'
import type { ResolvedUser } from '../../../runtime/rootfs/users.ts'
import type { SeccompFilter } from './container-seccomp.ts'
import { containerEnvironment, extendEnvironment } from './process-environment.ts'
import { specOrigins } from './spec-origins.ts'
import { toProcess, workingDir } from './to-process.ts'

/** A process to run beside the main one of a running container. */
export interface ExecInput {
  /** Unique among the keeper's live processes. */
  readonly id: string
  readonly container: ContainerId
  readonly spec: ContainerSpec
  readonly image: Pick<Image, 'config'>
  readonly cgroup: Cgroup
  /** The user to run as, of the container's own /etc/passwd. */
  readonly user: ResolvedUser
  readonly argv: readonly string[]
  /** `NAME=value` lines over the container's own. */
  readonly environment: readonly string[]
  /** `NAME=value` lines of the container's devices. */
  readonly deviceEnvironment: readonly string[]
  /** Undefined is the container's. */
  readonly workingDir: string | undefined
  /** All capabilities of the host; the filter and the devices stay those of the container, as with Docker. */
  readonly privileged: boolean
  readonly terminal: { readonly rows: number; readonly columns: number } | undefined
  /** Which of its standard streams are pipes made for it, and so belong to the user that it runs as. */
  readonly ownStreams: readonly number[]
  /** Kill the process when the client that launched it hangs up. */
  readonly killOnHangup: boolean
  readonly seccomp: SeccompFilter | undefined
  /** Those of the container. @default it has no user namespace of its own */
  readonly owners?: OwnerMaps | undefined
  /** What runs the container. @default tcompose itself */
  readonly running?: RunningBundle | undefined
  /** The container's host name. */
  readonly hostname: string
  readonly host: { readonly capabilities: CapabilitySet }
}

/** Returns a further process of a service's container in the words of the OCI, and what these leave out. */
export function toProcessLaunch(input: ExecInput): ProcessLaunch {
  const { id, container, cgroup, ownStreams, killOnHangup, seccomp, terminal } = input
  const { config: service } = input.spec
  const { privileged } = service.security
  return {
    process: toProcess({
      service,
      user: input.user,
      args: input.argv,
      env: execEnvironment(input),
      cwd: workingDir(input.workingDir ?? service.workingDir, input.image.config.workingDir),
      capabilities: grantedCapabilities(
        { ...service.security, privileged: input.privileged || privileged },
        input.host.capabilities,
      ),
      terminal,
    }),
    extras: {
      id,
      container,
      cgroup,
      ownStreams,
      killOnHangup,
      seccomp: seccomp?.filter,
      ...(input.running !== undefined && { running: input.running }),
      origins: specOrigins(service),
      ...(input.owners && { owners: input.owners }),
    },
  }
}

function execEnvironment({
  spec,
  image,
  user,
  environment,
  deviceEnvironment,
  hostname,
  terminal,
}: ExecInput): readonly string[] {
  const own = containerEnvironment({
    image: image.config.environment,
    hostname,
    home: user.home,
    tty: terminal !== undefined || spec.config.tty,
    service: spec.config.environment,
  })
  return extendEnvironment(own, [...deviceEnvironment, ...environment.filter(line => line !== 'HOME=')])
}
