import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Service } from '../../../model/service.ts'
import type { OciRuntime, OciRuntimeKind } from '../../../runtime/launch/oci-runtime.ts'
import type { RuntimeSources } from '../host/runtime-sources.ts'
import { findRuntime } from './find-runtime.ts'

/** Returns an error where the OCI runtime of a service is not to be had, and for each key that it cannot do. */
export function runtimeProblems(service: Service, sources: RuntimeSources): readonly TcomposeError[] {
  try {
    const runtime = findRuntime(service, sources)
    return runtime === undefined ? [] : problemsWith(service, runtime.kind)
  } catch (error) {
    if (error instanceof TcomposeError) return [error]
    throw error
  }
}

/**
 * Returns the OCI runtime of a service that asks for one.
 *
 * @throws {TcomposeError} `oci-runtime` for the first of `runtimeProblems`.
 */
export function requireUsable(service: Service, sources: RuntimeSources): OciRuntime | undefined {
  const runtime = findRuntime(service, sources)
  const [problem] = runtime === undefined ? [] : problemsWith(service, runtime.kind)
  if (problem !== undefined) throw problem
  return runtime
}

function problemsWith(service: Service, kind: OciRuntimeKind): readonly TcomposeError[] {
  return [...featureProblems(service, kind), ...pidsProblem(service, kind)]
}

/** What some runtimes cannot do. */
interface Feature {
  /** As the file has it. */
  readonly key: string
  readonly isAsked: (service: Service) => boolean
  /** Why not, of the runtimes that cannot. */
  readonly reason: string
  readonly not: readonly OciRuntimeKind[]
}

const ALL: readonly OciRuntimeKind[] = ['runc', 'crun', 'runsc']
const OWN_KERNEL = 'the host is not seen from its kernel'

const FEATURES: readonly Feature[] = [
  {
    key: 'init',
    isAsked: ({ init }) => init,
    reason: 'the init process is one of tcompose itself',
    not: ALL,
  },
  {
    key: 'pid',
    isAsked: ({ pid }) => pid !== undefined && pid.kind !== 'host',
    reason: 'only tcompose itself finds the process that is joined again at each start',
    not: ALL,
  },
  {
    key: 'ipc',
    isAsked: ({ ipc }) => ipc?.kind === 'service' || ipc?.kind === 'container',
    reason: 'only tcompose itself finds the process that is joined again at each start',
    not: ALL,
  },
  {
    key: 'gpus',
    isAsked: ({ deviceRequests }) => deviceRequests !== undefined,
    reason: 'only tcompose itself changes files of an image for a driver',
    not: ALL,
  },
  {
    key: 'devices',
    isAsked: ({ devices }) => devices?.some(device => device.kind === 'cdi') === true,
    reason: 'only tcompose itself changes files of an image for a driver',
    not: ['runc', 'crun'],
  },
  {
    key: 'userns_mode',
    isAsked: ({ userns }) => userns !== undefined,
    reason: 'only tcompose itself gives a container users of its own',
    not: ALL,
  },
  {
    key: 'x-healthcheck',
    isAsked: ({ healthcheck }) => healthcheck?.test?.kind === 'unix',
    reason: 'sockets in its files are not seen from outside',
    not: ['runsc'],
  },
  { key: 'devices', isAsked: ({ devices }) => devices !== undefined, reason: OWN_KERNEL, not: ['runsc'] },
  { key: 'pid', isAsked: ({ pid }) => pid?.kind === 'host', reason: OWN_KERNEL, not: ['runsc'] },
  { key: 'ipc', isAsked: ({ ipc }) => ipc?.kind === 'host', reason: OWN_KERNEL, not: ['runsc'] },
  { key: 'uts', isAsked: ({ uts }) => uts === 'host', reason: OWN_KERNEL, not: ['runsc'] },
  { key: 'cgroup', isAsked: ({ cgroup }) => cgroup === 'host', reason: OWN_KERNEL, not: ['runsc'] },
  {
    key: 'sysctls',
    isAsked: ({ sysctls }) => sysctls.size > 0,
    reason: 'its kernel leaves them as they are',
    not: ['runsc'],
  },
  {
    key: 'domainname',
    isAsked: ({ domainname }) => domainname !== undefined,
    reason: 'its kernel has no domain name',
    not: ['runsc'],
  },
  {
    key: 'security_opt',
    isAsked: ({ security }) => security.seccomp.kind === 'profile' || security.apparmor !== undefined,
    reason: 'profiles are for the kernel of the host, which programs do not reach',
    not: ['runsc'],
  },
]

/**
 * Processes and threads that a runtime has beside those of the container, with what an exec takes for a moment: they count
 * in the container's control group, and a runtime that cannot have them may hang.
 */
const LEAST_PIDS: Readonly<Record<OciRuntimeKind, number>> = { runc: 24, crun: 6, runsc: 128 }

function pidsProblem({ name, limits: { pids } }: Service, kind: OciRuntimeKind): readonly TcomposeError[] {
  const least = LEAST_PIDS[kind]
  if (pids === undefined || pids === -1 || pids >= least) return []
  const message = `Cannot limit service "${name}" to ${pids} processes with ${kind}: its own count too, expected ${least} or more`
  return [new TcomposeError('oci-runtime', message, { origin: servicePath(name, 'pids_limit') })]
}

function featureProblems(service: Service, kind: OciRuntimeKind): readonly TcomposeError[] {
  return FEATURES.filter(({ not, isAsked }) => not.includes(kind) && isAsked(service)).map(
    ({ key, reason }) =>
      new TcomposeError(
        'oci-runtime',
        `Cannot use "${key}" of service "${service.name}" with ${kind}: ${reason}`,
        {
          hint: `Remove "${key}", or let tcompose itself run the service`,
          origin: servicePath(service.name, key),
        },
      ),
  )
}
