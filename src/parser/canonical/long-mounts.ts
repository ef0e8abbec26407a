import { mapAt, type Node, scalarAt, stringOf } from '../document/node.ts'
import type { FormContext } from './form-context.ts'

/** Brings `source:target:options` entries to the long form; long entries stay. */
export function longMounts(node: Node, context: FormContext): Node {
  if (node.kind !== 'list') return node
  return { ...node, items: node.items.flatMap(item => longMount(item, context)) }
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
  const parts = text.split(':')
  const problem = shortProblem(parts)
  if (problem !== undefined) {
    context.report(item, {
      message: `it is "${text}", ${problem}`,
      hint: 'Mounts are written "source:target" or "source:target:ro"',
    })
    return []
  }
  const [source, target] = parts.length === 1 ? [undefined, parts[0]] : parts
  const options = new Set(parts[2]?.split(',') ?? [])
  return [mountAt(item, { source, target: target ?? '', options })]
}

function shortProblem(parts: readonly string[]): string | undefined {
  if (parts.length > 3) return 'which has too many colons'
  return parts.some(part => part === '') ? 'in which a part is empty' : undefined
}

interface ShortMount {
  readonly source: string | undefined
  readonly target: string
  readonly options: ReadonlySet<string>
}

function mountAt(item: Node, { source, target, options }: ShortMount): Node {
  const isBind = source !== undefined && /^[./~\\]/.test(source)
  return mapAt(item, [
    ['type', scalarAt(item, isBind ? 'bind' : 'volume')],
    ['source', source === undefined ? undefined : scalarAt(item, source)],
    ['target', scalarAt(item, target)],
    ['read_only', options.has('ro') ? scalarAt(item, true) : undefined],
    isBind ? ['bind', bindOptions(item, options)] : ['volume', volumeOptions(item, options)],
  ])
}

function bindOptions(item: Node, options: ReadonlySet<string>): Node {
  const propagation = [...options].find(option => PROPAGATION.has(option))
  const selinux = [...options].find(option => option === 'z' || option === 'Z')
  return mapAt(item, [
    ['create_host_path', scalarAt(item, true)],
    ['propagation', propagation === undefined ? undefined : scalarAt(item, propagation)],
    ['selinux', selinux === undefined ? undefined : scalarAt(item, selinux)],
  ])
}

function volumeOptions(item: Node, options: ReadonlySet<string>): Node {
  return mapAt(item, [['nocopy', options.has('nocopy') ? scalarAt(item, true) : undefined]])
}
