/** The files of /proc that runc lets a mount cover, for lxcfs and the like. */
const COVERABLE_FILES: ReadonlySet<string> = new Set([
  '/proc/cpuinfo',
  '/proc/diskstats',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/net/dev',
  '/proc/slabinfo',
  '/proc/stat',
  '/proc/swaps',
  '/proc/sys/crypto/fips_enabled',
  '/proc/sys/kernel/ns_last_pid',
  '/proc/uptime',
])

/** Tells whether `target` is a file of /proc that a mount may cover. */
export function isCoverableProcFile(target: string): boolean {
  return COVERABLE_FILES.has(target)
}

/** Completes "Cannot mount at ...: " where nothing may be mounted at `target`, a clean absolute path. */
export function forbiddenTarget(target: string): string | undefined {
  if (target === '/') return "it is the container's root"
  const isInProc = target === '/proc' || target.startsWith('/proc/')
  return isInProc && !isCoverableProcFile(target)
    ? 'it is in /proc, which is reserved for the kernel'
    : undefined
}
