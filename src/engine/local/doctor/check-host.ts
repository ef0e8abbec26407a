import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { release } from 'node:os'
import { dirname } from 'node:path'
import { type Bytes, bytesOf, formatBytes } from '../../../base/bytes.ts'
import { detectCgroups } from '../../../linux/cgroup/detect-cgroups.ts'
import { openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { listTables } from '../../../linux/nftables/ruleset.ts'
import { indexCdiDevices } from '../../../oci/cdi/cdi-index.ts'
import type { HostCheck } from '../../engine.ts'
import { readCdiFolders } from '../device/cdi-folders.ts'
import { findAllGpus } from '../device/gpu/find-gpus.ts'
import { VENDOR_NAMES } from '../device/gpu/gpu-finding.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import { detectForwardFilters, LEGACY_REMEDY } from '../network/forward-filters.ts'
import { observeFirewall } from '../observe/observe-firewall.ts'
import type { Roots } from '../state/layout.ts'
import { readProjects } from '../state/read-projects.ts'
import { folderProblem } from '../state/require-own-folders.ts'

/** mount_setattr(2), which read-only binds are made with. */
const OLDEST_KERNEL = { major: 5, minor: 12 }
const LITTLE_SPACE: Bytes = bytesOf(1024 ** 3)
const NEEDED_CONTROLLERS: readonly string[] = ['memory', 'cpu', 'pids']

/** Looks at each thing that running containers needs; changes nothing. */
export function checkHost(
  roots: Roots,
  programs: EnginePrograms,
  deviceSources: DeviceSources,
): readonly HostCheck[] {
  return [
    attempt('root', checkRoot),
    attempt('kernel', checkKernel),
    attempt('keeper', () => checkKeeper(programs)),
    attempt('overlayfs', () => checkFileSystem('overlay')),
    attempt('control groups', checkCgroups),
    attempt('seccomp', checkSeccomp),
    attempt('nf_tables', checkNftables),
    attempt('forwarding', checkForwarding),
    attempt('firewall', () => checkFirewalls(roots)),
    attempt('folders', () => checkFolders(roots)),
    attempt('disk', () => checkDisk(roots)),
    attempt('gpus', () => checkGpus(deviceSources)),
    attempt('device specifications', () => checkSpecifications(deviceSources)),
  ]
}

type Finding = Omit<HostCheck, 'name'>

function attempt(name: string, check: () => Finding): HostCheck {
  try {
    return { name, ...check() }
  } catch (error) {
    if (!isRoot()) return { name, status: 'warning', detail: 'only root can check this', hint: undefined }
    const detail = error instanceof Error ? error.message : String(error)
    return { name, status: 'missing', detail, hint: undefined }
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function ok(detail: string): Finding {
  return { status: 'ok', detail, hint: undefined }
}

function checkRoot(): Finding {
  if (isRoot()) return ok('this process is root')
  return {
    status: 'missing',
    detail: `this process is user ${process.getuid?.()}`,
    hint: 'Run tcompose with sudo',
  }
}

function checkKernel(): Finding {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const isNewEnough =
    major > OLDEST_KERNEL.major || (major === OLDEST_KERNEL.major && minor >= OLDEST_KERNEL.minor)
  if (isNewEnough) return ok(`Linux ${release()}`)
  const hint = `Boot Linux ${OLDEST_KERNEL.major}.${OLDEST_KERNEL.minor} or later`
  return { status: 'missing', detail: `Linux ${release()}`, hint }
}

function checkKeeper({ keeper }: EnginePrograms): Finding {
  if (existsSync(keeper)) return ok('it is built')
  return { status: 'missing', detail: `${keeper} does not exist`, hint: 'Run "npm run build"' }
}

/** A file system that is a module is listed once it was loaded, which mounting one does. */
function checkFileSystem(type: string): Finding {
  const types = readFileSync('/proc/filesystems', 'utf8')
    .split('\n')
    .map(line => line.split('\t').at(-1))
  if (types.includes(type)) return ok('the kernel supports it')
  return { status: 'warning', detail: 'the kernel does not list it', hint: `Try "modprobe ${type}"` }
}

function checkCgroups(): Finding {
  const host = detectCgroups(path => readFileSync(path, 'utf8'))
  const controllers =
    host.kind === 'v1'
      ? host.hierarchies.flatMap(hierarchy => hierarchy.controllers)
      : readFileSync(`${host.mountPoint}/cgroup.controllers`, 'utf8').trim().split(' ')
  const missing = NEEDED_CONTROLLERS.filter(name => !controllers.includes(name))
  const detail = `${host.kind}: ${controllers.toSorted().join(', ')}`
  if (missing.length === 0) return ok(detail)
  return {
    status: 'missing',
    detail: `${detail}; without ${missing.join(', ')}`,
    hint: 'Boot with these controllers enabled',
  }
}

function checkSeccomp(): Finding {
  if (/^Seccomp_filters:/m.test(readFileSync('/proc/self/status', 'utf8')))
    return ok('the kernel supports filters')
  return {
    status: 'missing',
    detail: 'the kernel does not support filters',
    hint: 'Boot a kernel with CONFIG_SECCOMP_FILTER',
  }
}

function checkNftables(): Finding {
  using socket = openNetlink('netfilter')
  return ok(`the kernel supports it, ${listTables(socket).length} tables`)
}

function checkForwarding(): Finding {
  const { blocking, closed, filtersBridged, legacyBlocks } = detectForwardFilters()
  if (legacyBlocks) {
    return {
      status: 'warning',
      detail: 'iptables-legacy drops what containers send and get',
      hint: LEGACY_REMEDY,
    }
  }
  if (closed.length > 0) {
    return {
      status: 'warning',
      detail: `${closed.join(', ')} drops what containers send and get, and only its own program may change it`,
      hint: 'Where that is firewalld, let it trust the addresses of containers: firewall-cmd --zone=trusted --add-source=172.16.0.0/12 --add-source=192.168.0.0/16',
    }
  }
  if (blocking.length === 0) return ok('nothing blocks it')
  const bridged = filtersBridged ? ', on bridges too' : ''
  return ok(`${blocking.join(', ')} drops it${bridged}; rules of each project accept it`)
}

/** Looks at the firewall of every project. */
function checkFirewalls(roots: Roots): Finding {
  const broken = readProjects(roots).records.flatMap(({ project }) => {
    const firewall = observeFirewall(roots, project)
    return firewall === 'intact' ? [] : [`${project} (${firewall})`]
  })
  if (broken.length === 0) return ok('the rules of every project are in place')
  return {
    status: 'warning',
    detail: `rules are not in place for ${broken.join(', ')}`,
    hint: 'Run "up" for the project again, which restores them',
  }
}

function checkFolders({ data, run }: Roots): Finding {
  for (const path of [data, run]) {
    const problem = folderProblem(path)
    if (problem !== undefined)
      return { status: 'missing', detail: `${path}: ${problem.state}`, hint: problem.remedy }
  }
  return ok(`only root can write to ${data} and ${run}`)
}

/** A machine without a GPU lacks nothing that most services need. */
function checkGpus({ gpuRoot }: DeviceSources): Finding {
  const findings = findAllGpus(gpuRoot)
  const broken = findings.find(finding => finding.kind === 'broken')
  if (broken?.kind === 'broken') {
    const detail = `${VENDOR_NAMES[broken.vendor]}: ${broken.reason} (missing link: ${broken.link})`
    return { status: 'warning', detail, hint: broken.remedy }
  }
  const found = findings.flatMap(finding => {
    if (finding.kind !== 'found') return []
    const count = finding.gpus.length === 1 ? '1 GPU' : `${finding.gpus.length} GPUs`
    const driver = finding.driver === undefined ? '' : ` driver ${finding.driver}`
    return [`${VENDOR_NAMES[finding.vendor]}${driver}, ${count}`]
  })
  return ok(found.length === 0 ? 'there is none' : found.join('; '))
}

function checkSpecifications({ cdiFolders }: DeviceSources): Finding {
  const { sources, problems } = readCdiFolders(cdiFolders)
  const conflicts = [...indexCdiDevices(sources)].flatMap(([name, { source, rivals }]) =>
    rivals.length === 0
      ? []
      : [`${name} is in ${[source, ...rivals].map(rival => rival.name).join(' and ')}`],
  )
  const wrong = [...problems.map(({ message }) => message), ...conflicts]
  if (wrong.length > 0) {
    return { status: 'warning', detail: wrong.join('; '), hint: 'Correct or remove the files' }
  }
  const files = sources.length === 1 ? '1 file' : `${sources.length} files`
  return ok(sources.length === 0 ? `there is none in ${cdiFolders.join(' and ')}` : `${files} can be used`)
}

function checkDisk({ data }: Roots): Finding {
  const folder = nearestExisting(data)
  const { bavail, bsize } = statfsSync(folder)
  const free = bytesOf(bavail * bsize)
  const detail = `${formatBytes(free)} free at ${folder}`
  if (free >= LITTLE_SPACE) return ok(detail)
  return {
    status: 'warning',
    detail,
    hint: 'Free some space, or set TCOMPOSE_DATA to a folder on another disk',
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === '/' ? path : nearestExisting(dirname(path))
}
