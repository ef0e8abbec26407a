import { assertNever } from '../../../base/assert-never.ts'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import type { Image } from '../../../model/image.ts'
import type { HealthProbeTest } from '../../../model/service.ts'
import { compileProcess } from '../../../runtime/launch/compile-process.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { RunningBundle } from '../../../runtime/launch/oci-runtime.ts'
import type { ResolvedUser } from '../../../runtime/rootfs/users.ts'
import { containerSeccomp } from '../container/container-seccomp.ts'
import { toProcessLaunch } from '../container/to-process-launch.ts'
import type { ContainerDevices } from '../device/container-devices.ts'
import type { ResolvedHealthcheck } from '../state/live-record.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { containerOwners } from '../user-namespace/container-owners.ts'
import type { ApplyContext } from './apply-context.ts'

interface Probe {
  readonly entry: ContainerEntry
  readonly image: Image
  readonly cgroup: Cgroup
  readonly user: ResolvedUser
  readonly hostname: string
  readonly devices: Pick<ContainerDevices, 'environment'>
  readonly test: LaunchedTest
  readonly running: RunningBundle | undefined
}

/** A test that is a program in the container. */
export type LaunchedTest = Exclude<ResolvedHealthcheck['test'], HealthProbeTest>

/** Returns the launch of a container's health check. Probes do not overlap, so all share one id. */
export async function compileHealthProbe(
  { host, roots, project }: ApplyContext,
  { entry, image, cgroup, user, hostname, devices, test, running }: Probe,
): Promise<LaunchRequest> {
  const { id, spec } = entry
  const seccomp = await containerSeccomp(spec.config, host)
  return compileProcess(
    toProcessLaunch({
      id: `${id}/health`,
      container: id,
      spec,
      image,
      cgroup,
      user,
      argv: probeArgv(test, image.config.shell),
      environment: [],
      deviceEnvironment: devices.environment,
      workingDir: undefined,
      privileged: false,
      terminal: undefined,
      ownStreams: PROBE_PIPES,
      killOnHangup: true,
      seccomp,
      owners: containerOwners(roots, { project, id }, spec.config),
      hostname,
      running,
      host,
    }),
  )
}

/** Standard output and error; see `runProbe`. */
const PROBE_PIPES = [1, 2]

/** Returns the argument vector of a probe; `shell` is the image's. */
export function probeArgv(
  test: LaunchedTest,
  shell: readonly string[] = ['/bin/sh', '-c'],
): readonly string[] {
  switch (test.kind) {
    case 'exec':
      return test.argv
    case 'shell':
      return [...shell, test.command, ...(test.parameters ?? [])]
    default:
      return assertNever(test)
  }
}
