/** The kernel parameters of an IPC namespace; see ipc_namespaces(7). Those below `fs.mqueue` are too. */
const IPC_PARAMETERS: ReadonlySet<string> = new Set([
  'kernel/msgmax',
  'kernel/msgmnb',
  'kernel/msgmni',
  'kernel/sem',
  'kernel/shm_rmid_forced',
  'kernel/shmall',
  'kernel/shmmax',
  'kernel/shmmni',
])

/**
 * Returns the path of a kernel parameter below /proc/sys. The first separator says how the name is written, as for
 * sysctl(8): after a dot, slashes are dots within a part, and after a slash dots are, as in
 * `net/ipv4/conf/eth0.1/forwarding`. Undefined for a name with a part that is no name of a file.
 */
export function sysctlPath(name: string): string | undefined {
  const isPath = /[./]/.exec(name)?.[0] === '/'
  const parts = isPath ? name.split('/') : name.split('.').map(part => part.replaceAll('/', '.'))
  const isUsable = parts.every(part => !['', '.', '..'].includes(part) && !part.includes('\0'))
  return isUsable ? parts.join('/') : undefined
}

/** Tells whether `sysctls` disable IPv6 on the loopback interface of a namespace. */
export function disablesLoopbackIpv6(sysctls: ReadonlyMap<string, string>): boolean {
  return [...sysctls].some(([name, value]) => {
    const [, device] = /^net\/ipv6\/conf\/(all|lo)\/disable_ipv6$/.exec(sysctlPath(name) ?? '') ?? []
    return device !== undefined && value.trim() !== '0'
  })
}

/** Why a container may not set a kernel parameter. */
export interface SysctlRefusal {
  /** Completes "Cannot set sysctl ...: ". */
  readonly reason: string
  readonly hint: string
}

/** Which namespaces of the host a container has in place of its own. */
export interface HostNamespaces {
  readonly hostNetwork: boolean
  /** @default false */
  readonly hostIpc?: boolean
  /** @default false */
  readonly hostNames?: boolean
}

/** Returns why a container may not set `name`; undefined for a parameter that a namespace of its own has. */
export function refusedSysctl(
  name: string,
  { hostNetwork, hostIpc = false, hostNames = false }: HostNamespaces,
): SysctlRefusal | undefined {
  const path = sysctlPath(name)
  if (path === undefined)
    return { reason: 'it is not the name of a parameter', hint: 'Write it like net.core.somaxconn' }
  if (path.startsWith('net/')) return hostNetwork ? OF_HOST_NETWORK : undefined
  if (path === 'kernel/hostname') return OF_HOSTNAME
  if (path === 'kernel/domainname') return hostNames ? OF_HOST_NAMES : undefined
  if (path.startsWith('fs/mqueue/') || IPC_PARAMETERS.has(path)) return hostIpc ? OF_HOST_IPC : undefined
  return {
    reason: 'it belongs to the host: no namespace has its own',
    hint: `Set it on the host: sysctl -w ${path.includes('.') ? path : path.replaceAll('/', '.')}=...`,
  }
}

const OF_HOST_NETWORK: SysctlRefusal = {
  reason: 'the service uses the host network',
  hint: 'Set it on the host, or give the service a network of its own',
}

const OF_HOST_IPC: SysctlRefusal = {
  reason: 'the service uses the IPC namespace of the host',
  hint: 'Set it on the host, or remove "ipc: host"',
}

const OF_HOST_NAMES: SysctlRefusal = {
  reason: 'the service uses the UTS namespace of the host',
  hint: 'Set it on the host, or remove "uts: host"',
}

const OF_HOSTNAME: SysctlRefusal = {
  reason: 'the key "hostname" sets it',
  hint: 'Write "hostname: NAME" instead',
}
