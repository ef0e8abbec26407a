import type { Diagnostic } from '../../base/diagnostic.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { isAddress } from '../normalise/resolve-paths.ts'
import { splitCache } from '../project/read-build-cache.ts'
import { readBuildContext } from '../project/read-build-context.ts'
import { eachBuild, entriesAt, errorAt, type Rule, type RuleInput, valueAt } from './rule-context.ts'
import { checkOwners } from './service-files.ts'

/** The texts of a build that have a grammar of their own follow it. */
export const checkBuildValues: Rule = input => [
  ...sourceFiles(input),
  ...eachBuild(input, build => [
    ...mainContext(valueAt(build, 'context')),
    ...namedContexts(build),
    ...caches(build, 'cache_from'),
    ...caches(build, 'cache_to'),
    ...owners(build),
    ...sshKeys(build),
    ...tags(build),
  ]),
]

/** A path that was left as it is, since it is none of this machine. */
function sourceFiles({ document }: RuleInput): readonly Diagnostic[] {
  const declared = ['secrets', 'configs'].flatMap(section => [...entriesAt(document, section).values()])
  return declared.flatMap(({ value }) => {
    const file = value.kind === 'map' ? valueAt(value, 'file') : undefined
    const text = stringOf(file)
    if (file === undefined || text === undefined || !(isBlank(text) || isAddress(text))) return []
    return [wrong(file, 'file', 'a path')]
  })
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

function mainContext(node: Node | undefined): readonly Diagnostic[] {
  const text = stringOf(node)
  if (node === undefined || text === undefined || !(isBlank(text) || isAddress(text))) return []
  const kind = readBuildContext(text)?.kind
  return kind === 'git' || kind === 'url'
    ? []
    : [wrong(node, 'context', 'a folder, a Git repository or a URL of an archive')]
}

function namedContexts(build: MapNode): readonly Diagnostic[] {
  return [...entriesAt(build, 'additional_contexts')].flatMap(([name, { keySpan, value }]) => {
    const text = stringOf(value)
    if (text === undefined || isBlank(text)) {
      return [
        errorAt({ span: keySpan }, 'bad-value', { message: `Cannot use context "${name}": it has no value` }),
      ]
    }
    if (!isAddress(text) || readBuildContext(text) !== undefined) return []
    return [wrong(value, 'context', CONTEXTS)]
  })
}

const CONTEXTS = 'a folder, a URL, or "docker-image://", "oci-layout://" or "service:" and a name'

function caches(build: MapNode, key: 'cache_from' | 'cache_to'): readonly Diagnostic[] {
  return itemsOf(valueAt(build, key)).flatMap(item => {
    const text = stringOf(item)
    if (text === undefined) return []
    const { type, options, stray } = splitCache(text)
    if (type === undefined || stray.length > 0)
      return [wrong(item, 'cache', `"type=local" and options, or an image`)]
    const needed = NEEDED[key].get(type)
    if (needed === undefined) return [unknownCache(item, key, type)]
    return needed === '' || (options.get(needed) ?? '') !== ''
      ? []
      : [wrong(item, 'cache', `"${needed}=" with ${needed === 'ref' ? 'an image' : 'a folder'}`)]
  })
}

/** The option that each type must have. */
const NEEDED: Readonly<Record<'cache_from' | 'cache_to', ReadonlyMap<string, string>>> = {
  cache_from: new Map([
    ['local', 'src'],
    ['registry', 'ref'],
  ]),
  cache_to: new Map([
    ['local', 'dest'],
    ['registry', 'ref'],
    ['inline', ''],
  ]),
}

/** A cache makes builds faster, no different: one that cannot be had stops nothing. */
function unknownCache(item: Node, key: 'cache_from' | 'cache_to', type: string): Diagnostic {
  const types = [...NEEDED[key].keys()].map(name => `"${name}"`).join(' or ')
  return {
    severity: 'warning',
    code: 'build-cache',
    message: `Ignoring this entry of "${key}": this version does not support type "${type}", expected ${types}`,
    span: item.span,
  }
}

function owners(build: MapNode): readonly Diagnostic[] {
  return itemsOf(valueAt(build, 'secrets')).flatMap(grant => (grant.kind === 'map' ? checkOwners(grant) : []))
}

function sshKeys(build: MapNode): readonly Diagnostic[] {
  return itemsOf(valueAt(build, 'ssh')).flatMap(item =>
    /^[^=]/.test(stringOf(item) ?? 'default') ? [] : [wrong(item, 'SSH key', '"default" or "NAME=PATH"')],
  )
}

function tags(build: MapNode): readonly Diagnostic[] {
  return itemsOf(valueAt(build, 'tags')).flatMap(item =>
    IMAGE_NAME.test(stringOf(item) ?? 'a')
      ? []
      : [wrong(item, 'tag', 'the name of an image, such as "app:1"')],
  )
}

/** `[registry[:port]/]name[/name...][:tag]`, in Docker's words. */
const IMAGE_NAME =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/|\[[0-9a-fA-F:]+\](?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?$/

function wrong(node: Node, noun: string, expected: string): Diagnostic {
  const text = node.kind === 'scalar' ? String(node.value) : ''
  return errorAt(node, 'bad-value', { message: `Cannot use ${noun} "${text}": expected ${expected}` })
}
