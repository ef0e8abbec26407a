import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../scripts/project-root.ts'

/** What a container sees: values by the name of what they are of, e.g. `mount /proc`. */
export type ContainerView = ReadonlyMap<string, string>

/** A stored view, and what it was taken of. */
export interface StoredView {
  readonly engine: string
  readonly kernel: string
  readonly cgroups: 'v1' | 'v2'
  /** For system calls by number: the numbers that get EPERM and ENOSYS; all others are let through. */
  readonly calls: Readonly<Record<'EPERM' | 'ENOSYS', readonly number[]>>
  readonly facts: Readonly<Record<string, string>>
}

/** Compiles the program that looks to `folder/probe`: it is static, and the only file of its image. */
export function buildProbe(folder: string): void {
  const words = ['-O1', '-Wall', '-Wextra', '-Werror', '-static', join(import.meta.dirname, 'probe.c')]
  execFileSync('cc', [...words, '-o', join(folder, 'probe')])
}

/** Where it is stored what Docker's containers see on a host with control groups of one version. */
export function dockerViewFile(cgroups: StoredView['cgroups']): string {
  return join(projectRoot, `test/fixtures/container-view/docker-${cgroups}.json`)
}

/** Reads what Docker's containers see. */
export function dockerView(cgroups: StoredView['cgroups']): StoredView {
  return JSON.parse(readFileSync(dockerViewFile(cgroups), 'utf8'))
}

/** Returns a view in the form that is stored, in which what is let through is left out. */
export function toStoredView(view: ContainerView, about: Omit<StoredView, 'calls' | 'facts'>): StoredView {
  const entries = [...view].sort(([a], [b]) => (a < b ? -1 : 1))
  const numbers = (verdict: string) =>
    entries
      .flatMap(([name, value]) =>
        /^call \d+$/.test(name) && value === verdict ? [Number(name.slice(5))] : [],
      )
      .sort((a, b) => a - b)
  return {
    ...about,
    calls: { EPERM: numbers('EPERM'), ENOSYS: numbers('ENOSYS') },
    facts: Object.fromEntries(entries.filter(([name]) => !/^call \d+$/.test(name))),
  }
}

/** Returns the names of facts that differ, each with both values. */
export function differences(
  docker: StoredView,
  own: ContainerView,
): ReadonlyMap<string, readonly [string, string]> {
  const theirs = new Map(Object.entries(docker.facts))
  for (const [verdict, numbers] of Object.entries(docker.calls))
    for (const number of numbers) theirs.set(`call ${number}`, verdict)
  const names = [...new Set([...theirs.keys(), ...own.keys()])]
  return new Map(
    names.flatMap(name => {
      const absent = /^call \d+$/.test(name) ? 'let through' : 'absent'
      const [before, after] = [theirs.get(name) ?? absent, own.get(name) ?? absent]
      return before === after ? [] : [[name, [before, after]] as const]
    }),
  )
}

/** Reads the lines of the probe. What depends on the machine and not on the engine is left out. */
export function readView(text: string): ContainerView {
  const view = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [name = '', ...rest] = line.split('\t')
    const value = rest.join(' ').trim()
    for (const [fact, seen] of factsOf(name, value)) {
      const others = view.get(fact)
      view.set(fact, others === undefined ? seen : `${others}; ${seen}`)
    }
  }
  return view
}

/** How many of these a process may have, and their like, follow from the memory of the machine and from its init. */
const OF_THE_MACHINE = /^limit Max (?:processes|pending signals|open files|locked memory)$/

function factsOf(name: string, value: string): readonly (readonly [string, string])[] {
  const fact = factOf(name, value)
  return fact === undefined || OF_THE_MACHINE.test(fact[0]) ? [] : [fact]
}

function factOf(name: string, value: string): readonly [string, string] | undefined {
  const [section = '', ...rest] = name.split('.')
  const detail = rest.join('.')
  switch (section) {
    case 'mount':
      return mountFact(value)
    case 'limit': {
      const [, limit, numbers] = /^(Max .*?) {2,}(.*)$/.exec(value) ?? []
      return limit === undefined || numbers === undefined
        ? undefined
        : [`limit ${limit}`, numbers.replace(/ {2,}/g, ' ')]
    }
    case 'cgroup': {
      const [, controllers = '', path = ''] = value.split(':')
      return [`cgroup ${controllers === '' ? 'unified' : controllers}`, withoutIds(path)]
    }
    case 'node':
      return [`node ${detail.replace('//', '/')}`, value]
    case 'call':
      return value === 'let through' && /^\d+$/.test(detail) ? undefined : [`call ${detail}`, value]
    default:
      return detail === '' ? undefined : [`${section} ${detail}`, withoutIds(value)]
  }
}

/** The files of the host that are mounted lie on whatever its file system is. */
function mountFact(line: string): readonly [string, string] {
  const [before = '', after = ''] = line.split(' - ')
  const [, , , root = '', point = '', options = ''] = before.split(' ')
  const [type = '', , superOptions = ''] = after.split(' ')
  if (point.startsWith('/etc/')) return [`mount ${point}`, `file of the host ${options}`]
  const chosen = superOptions.split(',').filter(option => /^(?:size|mode|gid|ptmxmode|name)=/.test(option))
  const place = root === '/' ? '' : ` ${withoutIds(root)}`
  return [`mount ${point}`, [`${type}${place} ${options}`, ...chosen].join(' ')]
}

function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{64}/g, 'ID').replace(/\b[0-9a-f]{12}\b/g, 'ID')
}
