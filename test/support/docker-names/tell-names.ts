import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Question } from './names-scene.ts'

/** A container of a scene, by whatever engine. */
export interface SceneContainer {
  readonly name: string
  readonly id: string
  /** Of a process in its network namespace; 0 for one that does not run. */
  readonly pid: number
  /** Its addresses, each with the key of its network. */
  readonly places: readonly { readonly network: string; readonly address: string }[]
}

/** What a container was told: code, flags and answers in the order of their text; containers stand for addresses and ids. */
export type Told = string

/** Asks questions in the containers of a scene. Returns what each was told, by the question in words. */
export function tellNames(
  containers: readonly SceneContainer[],
  questions: readonly Question[],
): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>()
  for (const [from, own] of Map.groupBy(questions, question => question.from)) {
    const asked = own.map(({ type, name, transport }) => {
      return { type, name: expand(name, containers), ...(transport && { transport }) }
    })
    const answers = askFrom(containerOf(containers, from).pid, asked)
    own.forEach((question, index) => {
      told.set(questionText(question), contract(answers[index], containers))
    })
  }
  return told
}

/** Returns a question in words: its key in the stored answers. */
export function questionText({ from, type, name, transport }: Question): string {
  return `${from}: ${name} ${type}${transport === undefined ? '' : ` over ${transport}`}`
}

/** For `sh -c` in a container. */
export const READ_FILES = 'for file in hosts hostname resolv.conf; do echo "== $file"; cat /etc/$file; done'

/** What the text of the files is read beside. */
export interface ShownIn {
  readonly containers: readonly SceneContainer[]
  /** Files of the host, which are shown as names. */
  readonly host: { readonly hosts: string; readonly resolvConf: string; readonly hostname: string }
  /** The one file to show. @default all */
  readonly only?: string | undefined
}

/**
 * Returns what `READ_FILES` printed, with names in the place of addresses, ids and what is the host's. Comments, by which
 * Docker says that it has made a file, are left out, and extra hosts sorted: Docker Compose keeps them in no order.
 */
export function shownFiles(text: string, { containers, host, only }: ShownIn): string {
  const files = text
    .split(/^== /m)
    .slice(1)
    .filter(file => only === undefined || file.startsWith(`${only}\n`))
    .map(file => `== ${file}`)
    .join('')
    .replace(host.hosts, '{hosts of the host}\n')
  const { resolvConf } = host
  const kept = resolvConf === '' ? files : files.replace(`\n${resolvConf}`, '\n{resolv.conf of the host}\n')
  const places = containers.flatMap(({ name, id, places: own }) => [
    ...own.map(({ network, address }) => [address, placeText(name, network, address)] as const),
    [id.slice(0, 12), `{id:${name}}`] as const,
  ])
  const named = places
    .toSorted(([one], [other]) => other.length - one.length)
    .reduce(
      (known, [value, place]) =>
        known.replaceAll(new RegExp(`^${value}(?=\\s)|${value}(?=[\\s.])`, 'gm'), place),
      kept,
    )
    .replaceAll(new RegExp(`^${host.hostname}$`, 'gm'), '{name of the host}')
    .replaceAll(/^\S+(?=\t(?:up\.test|host\.docker\.internal)$)/gm, '{gateway}')
  const lines = named
    .split('\n')
    .filter((line, index, all) => !line.startsWith('#') && (line !== '' || index === all.length - 1))
  return withSortedExtras(lines).join('\n')
}

function placeText(name: string, network: string, address: string): string {
  return `{${name}@${network}${address.includes(':') ? ' IPv6' : ''}}`
}

function withSortedExtras(lines: readonly string[]): readonly string[] {
  const isExtra = (line: string) => /^(192\.0\.2\.\d+|2001:db8:\S+|\{gateway\})\t/.test(line)
  const first = lines.findIndex(isExtra)
  if (first < 0) return lines
  const extras = lines.filter(isExtra).toSorted()
  return [...lines.slice(0, first), ...extras, ...lines.slice(first).filter(line => !isExtra(line))]
}

interface Answered {
  readonly code: string
  readonly flags: readonly string[]
  readonly answers: readonly string[]
}

function askFrom(pid: number, asked: readonly object[]): readonly Answered[] {
  const { status, stdout, stderr } = spawnSync(
    'nsenter',
    ['-t', String(pid), '-n', process.execPath, join(import.meta.dirname, 'ask-questions.ts')],
    { input: JSON.stringify(asked), encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`Cannot ask in the namespace of process ${pid}: ${stderr}`)
  return JSON.parse(stdout)
}

function expand(name: string, containers: readonly SceneContainer[]): string {
  const [text = '', kind, container = '', network] = /\{(\w+):([^}@]+)(?:@(\w+))?\}/.exec(name) ?? []
  if (text === '') return name
  const { id, places } = containerOf(containers, container)
  const isWanted = (address: string) => address.includes(':') === (kind === 'reverse6')
  const place = places.find(one => one.network === network && isWanted(one.address))
  const value = kind === 'id' ? id.slice(0, 12) : kind === 'full' ? id : reverse(place?.address ?? '')
  return name.replace(text, value)
}

function reverse(address: string): string {
  if (!address.includes(':')) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`
  const [head = '', tail = ''] = address.split('::').map(part => part.split(':').map(pad).join(''))
  const digits = head + '0'.repeat(32 - head.length - tail.length) + tail
  return `${[...digits].toReversed().join('.')}.ip6.arpa`
}

function pad(group: string): string {
  return group === '' ? '' : group.padStart(4, '0')
}

function contract(answered: Answered | undefined, containers: readonly SceneContainer[]): Told {
  if (answered === undefined) return 'nothing'
  const places = containers.flatMap(({ name, id, places: own }) => [
    ...own.map(({ network, address }) => [`"${address}"`, `${name}@${network}`] as const),
    [id.slice(0, 12), `{id:${name}}`] as const,
  ])
  const named = (text: string) =>
    places.reduce((known, [value, place]) => known.replaceAll(value, place), text)
  const { code, flags, answers } = answered
  return [code, ...flags.map(flag => flag.slice(5)), ...answers.map(named).toSorted()].join(' ')
}

function containerOf(containers: readonly SceneContainer[], wanted: string): SceneContainer {
  const found = containers.find(
    ({ name }) => name === wanted || name.replace(/^[a-z]+-/, '') === `${wanted}-1`,
  )
  if (found === undefined) throw new Error(`The scene has no container ${wanted}`)
  return found
}
