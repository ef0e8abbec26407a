import { suggestOneOf } from '../../base/did-you-mean.ts'
import { mapAt, type Node, scalarAt, stringOf } from '../document/node.ts'
import { splitTemplate } from '../interpolate/split-template.ts'
import type { FormContext } from './form-context.ts'

/** Brings `source:target:options` entries to the long form; long entries stay. */
export function longMounts(node: Node, context: FormContext): Node {
  if (node.kind !== 'list') return node
  return { ...node, items: node.items.flatMap(item => longMount(item, context)) }
}

/**
 * Tells whether the short form `text` can be split while it holds variables: its source is seen to be a path,
 * and its options are known.
 */
export function isOpenBind(text: string): boolean {
  return /^[./~]/.test(text) && !splitTemplate(text, ':').slice(2).join().includes('$')
}

const PROPAGATION: ReadonlySet<string> = new Set([
  'rprivate',
  'private',
  'rshared',
  'shared',
  'rslave',
  'slave',
])

function longMount(item: Node, context: FormContext): readonly Node[] {
  const text = stringOf(item)
  if (text === undefined) return [item]
  const parts = splitTemplate(text, ':')
  const problem = shortProblem(parts)
  if (problem !== undefined) {
    context.report(item, {
      message: `it is "${text}", ${problem}`,
      hint: 'Mounts are written "source:target" or "source:target:ro"',
    })
    return []
  }
  const [source, target] = parts.length === 1 ? [undefined, parts[0]] : parts
  const options = parts[2]?.split(',') ?? []
  const unknown = options.filter(option => !OPTIONS.includes(option))
  for (const option of unknown) warnOfOption(item, option, context)
  return [mountAt(item, { source, target: target ?? '', options })]
}

/** What a short form may say behind its second colon; the consistencies are for other systems than Linux. */
const OPTIONS: readonly string[] = [
  ...['ro', 'rw', 'nocopy', 'z', 'Z'],
  ...PROPAGATION,
  ...['cached', 'delegated', 'consistent'],
]

/** One letter is too short to be near another. */
const SPELT_OPTIONS = OPTIONS.filter(option => option.length > 1)

function warnOfOption(item: Node, option: string, context: FormContext): void {
  context.warn(item, {
    message: `mount option "${option}" is unknown, so it has no effect`,
    hint:
      suggestOneOf(option, SPELT_OPTIONS) ??
      'Options are ro, rw, nocopy, z, Z and propagations such as rslave',
  })
}

/** Of `ro` and `rw` the last one counts. */
function isReadOnly(options: readonly string[]): boolean {
  return options.findLast(option => option === 'ro' || option === 'rw') === 'ro'
}

function shortProblem(parts: readonly string[]): string | undefined {
  if (parts.length > 3) return 'which has too many colons'
  return parts.some(part => part === '') ? 'which has an empty part' : undefined
}

interface ShortMount {
  readonly source: string | undefined
  readonly target: string
  readonly options: readonly string[]
}

function mountAt(item: Node, { source, target, options }: ShortMount): Node {
  const isBind = source !== undefined && /^[./~\\]/.test(source)
  return mapAt(item, [
    ['type', scalarAt(item, isBind ? 'bind' : 'volume')],
    ['source', source === undefined ? undefined : scalarAt(item, source)],
    ['target', scalarAt(item, target)],
    ['read_only', isReadOnly(options) ? scalarAt(item, true) : undefined],
    isBind ? ['bind', bindOptions(item, options)] : ['volume', volumeOptions(item, options)],
  ])
}

function bindOptions(item: Node, options: readonly string[]): Node {
  const propagation = options.findLast(option => PROPAGATION.has(option))
  const selinux = options.findLast(option => option === 'z' || option === 'Z')
  return mapAt(item, [
    ['create_host_path', scalarAt(item, true)],
    ['propagation', propagation === undefined ? undefined : scalarAt(item, propagation)],
    ['selinux', selinux === undefined ? undefined : scalarAt(item, selinux)],
  ])
}

function volumeOptions(item: Node, options: readonly string[]): Node {
  return mapAt(item, [['nocopy', options.includes('nocopy') ? scalarAt(item, true) : undefined]])
}
