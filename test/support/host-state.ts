import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { listTables } from '../../src/linux/nftables/ruleset.ts'
import { listLinks } from '../../src/linux/rtnetlink/link.ts'

/** Things on a host that a test may leave behind: for each kind, a line per thing. */
export type HostState = ReadonlyMap<string, ReadonlySet<string>>

/** Takes a snapshot of this process's host: its network and mount namespaces, its processes, its cgroups. */
export function snapshotHost(): HostState {
  return new Map(KINDS.map(([kind, list]) => [kind, new Set(list())]))
}

/** How to compare two snapshots. */
export interface Comparison {
  /**
   * Texts of which a new thing must hold one to count, e.g. the test's run folder and its tag. Descriptors always
   * count. Without it everything counts, which only a test that runs alone on the machine can require.
   */
  readonly naming?: readonly string[]
  /** How long the kernel may take to end network namespaces and cgroups after their last process. @default 3000 */
  readonly patienceMs?: number
}

/** Returns the things that did not exist before, each as `kind: thing`. */
export function newSince(before: HostState, { naming }: Comparison = {}): readonly string[] {
  const counts = (thing: string): boolean => naming === undefined || naming.some(name => thing.includes(name))
  return [...snapshotHost()].flatMap(([kind, things]) =>
    [...things]
      .filter(thing => !before.get(kind)?.has(thing) && (kind === 'descriptor' || counts(thing)))
      .map(thing => `${kind}: ${thing}`),
  )
}

/**
 * Waits until no thing is left that did not exist before. It blocks the thread, so that nothing of the test itself runs
 * meanwhile.
 *
 * @throws {Error} If something is left; the message lists it.
 */
export function expectNothingNew(before: HostState, comparison: Comparison = {}): void {
  const deadline = performance.now() + (comparison.patienceMs ?? 3000)
  let left = newSince(before, comparison)
  while (left.length > 0 && performance.now() < deadline) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    left = newSince(before, comparison)
  }
  if (left.length > 0) throw new Error(`Cannot leave the host as it was: left over\n  ${left.join('\n  ')}`)
}

const KINDS: ReadonlyArray<readonly [kind: string, list: () => readonly string[]]> = [
  ['mount', mounts],
  ['interface', interfaces],
  ['nf_tables table', tables],
  ['cgroup', cgroups],
  ['process', processes],
  ['descriptor', descriptors],
  ['temporary file', () => readdirSync(tmpdir()).filter(name => /^(tc-|tcompose)/.test(name))],
]

/** Mount points with type and source, without ids, which differ between equal mounts. */
function mounts(): readonly string[] {
  return lines('/proc/self/mountinfo').map(line => {
    const [head = '', tail = ''] = line.split(' - ')
    return `${head.split(' ')[4]} (${tail.split(' ').slice(0, 2).join(' ')})`
  })
}

/** Names with aliases, which name the owner of an interface. */
function interfaces(): readonly string[] {
  using socket = openNetlink('route')
  return listLinks(socket).map(({ name, alias }) => `${name} ${alias ?? ''}`)
}

function tables(): readonly string[] {
  using socket = openNetlink('netfilter')
  return listTables(socket).map(({ family, name }) => `${family} ${name}`)
}

/** Folders of every hierarchy, four levels deep. */
function cgroups(): readonly string[] {
  const roots = lines('/proc/self/mountinfo')
    .filter(line => / - cgroup2? /.test(line))
    .map(line => line.split(' ')[4] ?? '')
  return roots.flatMap(root => foldersBelow(root, 4))
}

function foldersBelow(folder: string, depth: number): readonly string[] {
  if (depth === 0) return []
  return entriesOf(folder)
    .filter(entry => entry.isDirectory())
    .flatMap(entry => {
      const path = join(folder, entry.name)
      return [path, ...foldersBelow(path, depth - 1)]
    })
}

function entriesOf(folder: string): ReadonlyArray<{ readonly name: string; isDirectory(): boolean }> {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** This process's descendants, and processes that belong to tcompose by their command line or cgroup. */
function processes(): readonly string[] {
  const all = new Map(readdirSync('/proc').filter(isNumber).flatMap(readProcess))
  return [...all.values()].filter(entry => concernsUs(entry, all)).map(({ text }) => text)
}

interface ProcessEntry {
  readonly parent: string
  readonly text: string
}

function readProcess(pid: string): ReadonlyArray<readonly [string, ProcessEntry]> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('('), stat.lastIndexOf(')') + 1)
    const [state = '', parent = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    const cgroups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').replaceAll('\n', ' ')
    const named = cgroups.includes('tcompose') ? ` in ${cgroups}` : ''
    return [[pid, { parent, text: `${pid} ${state} started at ${rest[17]}: ${name} ${command}${named}` }]]
  } catch {
    return []
  }
}

function concernsUs(entry: ProcessEntry, all: ReadonlyMap<string, ProcessEntry>): boolean {
  if (/tcompose|keeper|supervisor|\(tc-/.test(entry.text)) return true
  for (let { parent } = entry; ; ) {
    if (parent === String(process.pid)) return true
    const next = all.get(parent)
    if (next === undefined) return false
    parent = next.parent
  }
}

/** Open files of this process other than those Node opens for itself. */
function descriptors(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      return /^(anon_inode:\[(eventpoll|eventfd|io_uring)\]|pipe:|socket:)|^\/proc\/\d+\/fd$/.test(target)
        ? []
        : [`${fd} -> ${target}`]
    } catch {
      return []
    }
  })
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

function lines(path: string): readonly string[] {
  return readFileSync(path, 'utf8').trim().split('\n')
}

/** Names of the network namespaces pinned as files below `folder`. */
export function netnsFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path =>
    statSync(join(folder, path)).isFile(),
  )
}
