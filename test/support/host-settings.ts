import { type BigIntStats, type Dirent, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Settings of a host that no test may change: the state of each as text. */
export type HostSettings = ReadonlyMap<string, string>

/** Where settings are read from. */
export interface SettingPlaces {
  /** Folders whose content nothing changes while tests run: their times are compared too. */
  readonly still: readonly string[]
  /** Folders whose owner and mode are compared. */
  readonly busy: readonly string[]
  /** The folder of kernel parameters. */
  readonly parameters: string
}

const HOST: SettingPlaces = {
  still: '/ /usr /usr/bin /usr/lib /usr/sbin /boot /home /media /mnt /opt /srv /var'.split(' '),
  busy: '/dev /dev/shm /etc /proc /root /run /sys /tmp /usr/local /usr/share /var/lib /var/log /var/tmp'.split(
    ' ',
  ),
  parameters: '/proc/sys',
}

/** Reads owner, mode and times of the top folders, and the kernel parameters that do not change by themselves. */
export function readHostSettings(places: SettingPlaces = HOST): HostSettings {
  return new Map([
    ...places.still.flatMap(path => describeFolder(path, stats => `${ownerOf(stats)}, ${timesOf(stats)}`)),
    ...places.busy.flatMap(path => describeFolder(path, ownerOf)),
    ...parametersBelow(places.parameters).map(path => {
      const name = path.slice(places.parameters.length + 1)
      return [name, attempt(() => readFileSync(path, 'utf8').trim(), 'unreadable')] as const
    }),
  ])
}

/**
 * Returns what differs now, each as `thing: state, was state`. A thing in only one of the two does not count: kernel
 * modules add parameters.
 */
export function changedSettings(
  before: HostSettings,
  now: HostSettings = readHostSettings(),
): readonly string[] {
  return [...now].flatMap(([thing, state]) => {
    const earlier = before.get(thing)
    return earlier === undefined || earlier === state ? [] : [`${thing}: ${state}, was ${earlier}`]
  })
}

function describeFolder(
  path: string,
  describe: (stats: BigIntStats) => string,
): ReadonlyArray<readonly [string, string]> {
  return attempt(() => [[path, describe(lstatSync(path, { bigint: true }))] as const], [])
}

function ownerOf({ uid, gid, mode }: BigIntStats): string {
  return `owner ${uid}:${gid}, mode ${(mode & 0o7777n).toString(8)}`
}

/** chown(2) and chmod(2) set ctime even if they change nothing else. */
function timesOf({ mtimeNs, ctimeNs }: BigIntStats): string {
  return `modified ${timeOf(mtimeNs)}, changed ${timeOf(ctimeNs)}`
}

function timeOf(ns: bigint): string {
  return `${new Date(Number(ns / 1_000_000n)).toISOString()} and ${ns % 1_000_000n} ns`
}

function parametersBelow(root: string, folder = ''): readonly string[] {
  const entries = attempt<readonly Dirent[]>(
    () => readdirSync(join(root, folder), { withFileTypes: true }),
    [],
  )
  return entries.flatMap(entry => {
    const name = join(folder, entry.name)
    if (MOVING.some(pattern => pattern.test(name))) return []
    if (entry.isDirectory()) return parametersBelow(root, name)
    return isWritable(join(root, name)) ? [join(root, name)] : []
  })
}

function isWritable(path: string): boolean {
  return attempt(() => (statSync(path).mode & 0o200) !== 0, false)
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action()
  } catch {
    return otherwise
  }
}

/**
 * Parameters that the kernel itself changes, that a network interface adds, or that a bridge needs as long as there is any:
 * forwarding, and what it makes of router advertisements.
 */
const MOVING: readonly RegExp[] = [
  /^kernel\/(ns_last_pid|tainted|random|hung_task_warnings|perf_event_max_sample_rate)$/,
  /^vm\/stat_refresh$/,
  /^fs\/binfmt_misc$/,
  /^net\/(?!ipv4$|ipv6$|core$|bridge$|unix$|ipv4\/|ipv6\/|core\/|bridge\/|unix\/)/,
  /^net\/ipv[46]\/(conf|neigh)\/(?!(all|default)(\/|$))/,
  /^net\/ipv4\/ip_forward$/,
  /^net\/ipv4\/conf\/\w+\/(forwarding|accept_redirects)$/,
  /^net\/ipv6\/conf\/\w+\/(forwarding|accept_ra)$/,
]
