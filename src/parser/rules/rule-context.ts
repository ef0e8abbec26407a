import type { Diagnostic } from '../../base/diagnostic.ts'
import { type Entry, entriesOf, type MapNode, type Node } from '../document/node.ts'

/** What a rule reads: a normalised document and the services in it that are switched on. */
export interface RuleInput {
  readonly document: MapNode
  readonly services: ReadonlyMap<string, MapNode>
  /** Services that their profiles keep off, with these profiles. */
  readonly inactive: ReadonlyMap<string, readonly string[]>
  /** Those of them from whose images others are built, as far as the build goes. */
  readonly bases: ReadonlyMap<string, MapNode>
}

/** Checks one thing that a schema cannot say. */
export type Rule = (input: RuleInput) => readonly Diagnostic[]

/** Applies `check` to every service that is on. */
export function eachService(
  { services }: RuleInput,
  check: (service: MapNode, name: string) => readonly Diagnostic[],
): readonly Diagnostic[] {
  return [...services].flatMap(([name, service]) => check(service, name))
}

/** Applies `check` to every service that may be built. */
export function eachBuild(
  { services, bases }: RuleInput,
  check: (build: MapNode, name: string, service: MapNode) => readonly Diagnostic[],
): readonly Diagnostic[] {
  return [...services, ...bases].flatMap(([name, service]) => {
    const build = valueAt(service, 'build')
    return build?.kind === 'map' ? check(build, name, service) : []
  })
}

/** Returns the value of `key`. */
export function valueAt(map: MapNode, key: string): Node | undefined {
  return map.entries.get(key)?.value
}

/** Returns the entries of the map at `key`, none if there is no map. */
export function entriesAt(map: MapNode, key: string): ReadonlyMap<string, Entry> {
  return entriesOf(valueAt(map, key))
}

/** Returns the scalar at `key` as text; null and anything that is no scalar give undefined. */
export function textAt(map: MapNode, key: string): string | undefined {
  const value = valueAt(map, key)
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined
}

/** Returns the number at `key`, also where it is kept as text. */
export function numberAt(map: MapNode, key: string): number | undefined {
  const text = textAt(map, key)
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isNaN(value) ? undefined : value
}

/** Returns an error at `node`. */
export function errorAt(
  node: Pick<Node, 'span'>,
  code: Diagnostic['code'],
  {
    message,
    hint,
    related,
  }: {
    readonly message: string
    readonly hint?: string | undefined
    readonly related?: Diagnostic['related']
  },
): Diagnostic {
  return {
    severity: 'error',
    code,
    message,
    span: node.span,
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related }),
  }
}
