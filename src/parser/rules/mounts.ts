import { parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { forbiddenTarget } from '../../model/mount-target.ts'
import { itemsOf, type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import { FILE_SECTIONS, fileTarget } from '../project/read-service-files.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

const PROPAGATIONS = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']

/** Mounts say where they go, each somewhere else. */
export const checkMounts: Rule = input =>
  eachService(input, (service, name) => {
    const mounts = itemsOf(valueAt(service, 'volumes')).flatMap(item => (item.kind === 'map' ? [item] : []))
    return [...mounts.flatMap(mount => checkMount(mount, name)), ...sharedTargets(service, mounts, name)]
  })

function checkMount(mount: MapNode, name: string): readonly Diagnostic[] {
  const target = valueAt(mount, 'target')
  const path = textAt(mount, 'target')
  if (target === undefined || path === undefined || path === '') {
    return [errorAt(mount, 'missing-key', { message: `A mount of service "${name}" has no "target"` })]
  }
  const problems: Diagnostic[] = []
  if (!path.startsWith('/')) {
    problems.push(
      errorAt(target, 'bad-value', {
        message: `Cannot mount at "${path}" in service "${name}": expected an absolute path`,
      }),
    )
  }
  problems.push(...checkPlace(target, { path, name }))
  const type = textAt(mount, 'type') ?? ''
  if (['bind', 'image'].includes(type) && (textAt(mount, 'source') ?? '') === '') {
    const article = type === 'bind' ? 'A' : 'An'
    problems.push(
      errorAt(mount, 'missing-key', {
        message: `${article} ${type} mount of service "${name}" has no "source"`,
      }),
    )
  }
  const propagation = nodeAt(mount, ['bind', 'propagation'])
  const word = stringOf(propagation)
  if (propagation !== undefined && word !== undefined && word !== '' && !PROPAGATIONS.includes(word)) {
    problems.push(
      errorAt(propagation, 'bad-value', {
        message: `Cannot use propagation "${word}": expected one of ${PROPAGATIONS.join(', ')}`,
        hint: suggestOneOf(word, PROPAGATIONS),
      }),
    )
  }
  return [...problems, ...checkSubpath(mount, 'volume'), ...checkSubpath(mount, 'image')]
}

interface Place {
  readonly path: string
  readonly name: string
}

/** What covers the root or /proc would deceive the programs of the container, or the launch itself. */
function checkPlace(at: Node, { path, name }: Place): readonly Diagnostic[] {
  const problem = path.startsWith('/') ? forbiddenTarget(parseAbsolutePath(path)) : undefined
  if (problem === undefined) return []
  const message = `Cannot mount at "${path}" in service "${name}": ${problem}`
  return [errorAt(at, 'bad-value', { message, hint: 'Choose another target' })]
}

function checkSubpath(mount: MapNode, of: 'volume' | 'image'): readonly Diagnostic[] {
  const subpath = nodeAt(mount, [of, 'subpath'])
  if (subpath === undefined || !/^\/|(?:^|\/)\.\.(?:\/|$)/.test(stringOf(subpath) ?? '')) return []
  return [
    errorAt(subpath, 'bad-value', {
      message: `Cannot use subpath "${stringOf(subpath)}": expected a path inside the ${of}`,
    }),
  ]
}

function sharedTargets(service: MapNode, mounts: readonly MapNode[], name: string): readonly Diagnostic[] {
  const tmpfs = itemsOf(valueAt(service, 'tmpfs')).map(item => ({
    at: item,
    path: tmpfsTarget(stringOf(item)),
  }))
  const all: readonly { readonly at: Node; readonly path: string | undefined }[] = [
    ...mounts.map(mount => ({ at: valueAt(mount, 'target') ?? mount, path: textAt(mount, 'target') })),
    ...tmpfs,
    ...fileTargets(service),
  ]
  const relative = tmpfs.filter(({ path }) => path !== undefined && !path.startsWith('/'))
  const taken = new Map<string, Node>()
  const shared = all.flatMap(({ at, path }) => {
    if (path === undefined || path === '') return []
    const earlier = taken.get(path)
    if (earlier === undefined) {
      taken.set(path, at)
      return []
    }
    return [
      errorAt(at, 'conflicting-keys', {
        message: `Service "${name}" mounts two things at "${path}"`,
        related: [{ message: 'the other is here', span: earlier.span }],
      }),
    ]
  })
  return [
    ...shared,
    ...tmpfs.flatMap(({ at, path }) => (path === undefined ? [] : checkPlace(at, { path, name }))),
    ...relative.map(({ at, path }) =>
      errorAt(at, 'bad-value', {
        message: `Cannot mount a tmpfs at "${path}" in service "${name}": expected an absolute path`,
      }),
    ),
  ]
}

/** Where secrets and configs go. */
function fileTargets(service: MapNode): readonly { readonly at: Node; readonly path: string }[] {
  return FILE_SECTIONS.flatMap(({ key, kind }) =>
    itemsOf(valueAt(service, key)).flatMap(grant => {
      const text = grant.kind === 'map' ? (textAt(grant, 'target') ?? textAt(grant, 'source') ?? '') : ''
      return text === '' || text.includes('\0') ? [] : [{ at: grant, path: fileTarget(kind, text) }]
    }),
  )
}

function tmpfsTarget(text: string | undefined): string | undefined {
  return text?.split(':')[0]?.replace(/(.)\/+$/, '$1')
}
