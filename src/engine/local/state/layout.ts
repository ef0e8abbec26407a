import { type AbsolutePath, parseAbsolutePath } from '../../../base/absolute-path.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'

/** The two folders that an engine lives in. */
export interface Roots {
  /** Images, layers, volumes, project records. `/var/lib/tcompose`, or TCOMPOSE_DATA. */
  readonly data: string
  /** Locks, sockets, network namespaces, live status; may be lost at a reboot. `/run/tcompose`, or TCOMPOSE_RUN. */
  readonly run: string
}

/**
 * Returns 6 hex digits that tell this engine's kernel objects from those of another engine on the same machine.
 * They are part of every name in the kernel: interfaces, tables, cgroups.
 */
export function instanceTag(roots: Roots): string {
  return shortHash(roots.run).slice(0, 6)
}

/** Returns 8 hex digits of the SHA-256 of `text`. */
export function shortHash(text: string): string {
  return sha256Hex(text).slice(0, 8)
}

/** Folders and files of one project. */
export interface ProjectLayout {
  readonly dataDir: string
  readonly runDir: string
  /** The durable record. */
  readonly record: string
  /** What the digests of secrets and configs in the record were made with. */
  readonly digestKey: string
  readonly lock: string
  readonly keeperSocket: string
  readonly keeperLock: string
  readonly keeperLog: string
  /** Who guards the project's firewall, see `guardFirewall`. */
  readonly firewallGuard: string
  /** Written whenever networks of running containers have changed; see `noteReattachment`. */
  readonly reattached: string
  readonly netnsDir: string
  readonly containersDataDir: string
  readonly containersRunDir: string
}

export function projectLayout(roots: Roots, project: ProjectName): ProjectLayout {
  const dataDir = `${roots.data}/projects/${project}`
  const runDir = `${roots.run}/projects/${project}`
  return {
    dataDir,
    runDir,
    record: `${dataDir}/project.json`,
    digestKey: `${dataDir}/digest-key`,
    lock: `${runDir}/lock`,
    keeperSocket: `${runDir}/keeper.sock`,
    keeperLock: `${runDir}/keeper.lock`,
    keeperLog: `${runDir}/keeper.log`,
    firewallGuard: `${runDir}/firewall-guard`,
    reattached: `${runDir}/reattached`,
    netnsDir: `${runDir}/netns`,
    containersDataDir: `${dataDir}/containers`,
    containersRunDir: `${runDir}/containers`,
  }
}

/** Files of one network, which belongs to one project and may be used by others. */
export interface NetworkLayout {
  readonly lock: string
  /** `LeaseRecord`. */
  readonly leases: string
}

/** `name` is the real name of the network. */
export function networkLayout(roots: Roots, name: string): NetworkLayout {
  const path = `${roots.run}/networks/${sha256Hex(name).slice(0, 16)}`
  return { lock: `${path}.lock`, leases: `${path}.json` }
}

/** Folders and files of one container. */
export interface ContainerLayout {
  readonly dataDir: string
  readonly upper: AbsolutePath
  readonly work: string
  /** Standard output and error in the CRI log format. */
  readonly log: string
  /** How far the log was passed on to another program; written by the supervisor. */
  readonly forwarded: string

  readonly runDir: string
  /** Where the container's root is mounted, in its own mount namespace only; the same for all. */
  readonly rootfs: string
  readonly hosts: string
  readonly hostname: string
  readonly resolvConf: string
  readonly netns: string
  /** `LiveRecord`, written before the process starts. */
  readonly live: string
  /** What the live record was when the container was stopped: its names are kept. */
  readonly halted: string
  /** The encoded launch request of the main process, for restarts. */
  readonly launch: string
  /** What the launch of a container with devices is compiled from, for restarts: devices change. */
  readonly launchInput: string
  /** What its devices bring since the restart policy has started it again: `LiveDevices`, as a record. */
  readonly renewedDevices: string
  /** The encoded launch request of the health check. */
  readonly healthLaunch: string
  /** Written by the OCI runtime of a container: the pid of its first process. */
  readonly init: string
  /** Written by the keeper: `<pid> <start time> <started at, ns>`. */
  readonly pid: string
  /** Written by the keeper: `<wait status> <finished at, ns>`. */
  readonly exit: string
  /** `HealthRecord`, written by the supervisor. */
  readonly health: string
  /** `RestartRecord`, written by the supervisor. */
  readonly restarts: string
  /** How many of the kernel's kills for lack of memory were told; written by the supervisor. */
  readonly memoryKills: string
  /** Exists while the container is to run again after a reboot; see `markWanted`. */
  readonly wanted: string
  /** Exists from before the stop signal on: the restart policy leaves the container alone. */
  readonly stopped: string
  /** Names the folder of the control group that it is frozen in; see `isPaused`. */
  readonly paused: string
  /** Exists from before the start on until the `post_start` hooks have run. */
  readonly awaitsPostStart: string
  /** The project's, as in `ProjectLayout`. */
  readonly keeperLock: string
}

/** Returns the folder that every container of the engine mounts its root on, in its own mount namespace. */
export function mountPoint(roots: Roots): string {
  return `${roots.run}/rootfs`
}

export function containerLayout(roots: Roots, project: ProjectName, id: ContainerId): ContainerLayout {
  const { containersDataDir, netnsDir, containersRunDir, keeperLock } = projectLayout(roots, project)
  const dataDir = `${containersDataDir}/${id}`
  const runDir = `${containersRunDir}/${id}`
  return {
    dataDir,
    upper: parseAbsolutePath(`${dataDir}/upper`),
    work: `${dataDir}/work`,
    log: `${dataDir}/log`,
    forwarded: `${dataDir}/forwarded.json`,
    wanted: `${dataDir}/wanted`,
    runDir,
    rootfs: mountPoint(roots),
    hosts: `${runDir}/hosts`,
    hostname: `${runDir}/hostname`,
    resolvConf: `${runDir}/resolv.conf`,
    netns: `${netnsDir}/${id.slice(0, 12)}`,
    live: `${runDir}/live.json`,
    halted: `${runDir}/halted.json`,
    launch: `${runDir}/launch`,
    launchInput: `${runDir}/launch.input`,
    renewedDevices: `${runDir}/devices.json`,
    healthLaunch: `${runDir}/health.launch`,
    init: `${runDir}/init`,
    pid: `${runDir}/pid`,
    exit: `${runDir}/exit`,
    health: `${runDir}/health.json`,
    restarts: `${runDir}/restarts.json`,
    memoryKills: `${runDir}/memory-kills.json`,
    stopped: `${runDir}/stopped`,
    paused: `${runDir}/paused`,
    awaitsPostStart: `${runDir}/post-start`,
    keeperLock,
  }
}
