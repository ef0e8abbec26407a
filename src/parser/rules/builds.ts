import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { itemsOf, type MapNode, stringOf } from '../document/node.ts'
import {
  eachService,
  entriesAt,
  errorAt,
  type Rule,
  type RuleInput,
  textAt,
  valueAt,
} from './rule-context.ts'

/** A build names contexts, platforms and secrets that there are. */
export const checkBuilds: Rule = input =>
  eachService(input, (service, name) => {
    const build = valueAt(service, 'build')
    if (build?.kind !== 'map') return []
    return [
      ...contexts(input, build, name),
      ...platforms(service, build, name),
      ...secrets(input, build, name),
    ]
  })

const SERVICE = 'service:'

function contexts({ services }: RuleInput, build: MapNode, name: string): readonly Diagnostic[] {
  return [...entriesAt(build, 'additional_contexts')].flatMap(([context, { value }]) => {
    const text = stringOf(value)
    if (text === undefined || !text.startsWith(SERVICE)) return []
    const other = text.slice(SERVICE.length)
    const target = services.get(other)
    if (target !== undefined && valueAt(target, 'build') !== undefined) return []
    const state = target === undefined ? 'which is not declared' : 'which is not built'
    return [
      errorAt(value, 'undefined-reference', {
        message: `The build of service "${name}" takes context "${context}" from service "${other}", ${state}`,
        hint: target === undefined ? suggestOneOf(other, [...services.keys()]) : `Give "${other}" a "build"`,
      }),
    ]
  })
}

function platforms(service: MapNode, build: MapNode, name: string): readonly Diagnostic[] {
  const platform = valueAt(service, 'platform')
  const text = stringOf(platform)
  const list = valueAt(build, 'platforms')
  const built = itemsOf(list).flatMap(item => stringOf(item) ?? [])
  if (platform === undefined || list === undefined || text === undefined || text === '') return []
  if (built.length === 0 || built.includes(text)) return []
  return [
    errorAt(platform, 'conflicting-keys', {
      message: `Service "${name}" runs on "${text}", which its "build.platforms" do not list`,
      hint: `Add "${text}" to "build.platforms"`,
      related: [{ message: '"build.platforms" is set here', span: list.span }],
    }),
  ]
}

function secrets({ document }: RuleInput, build: MapNode, name: string): readonly Diagnostic[] {
  const declared = [...entriesAt(document, 'secrets').keys()]
  return itemsOf(valueAt(build, 'secrets')).flatMap(grant => {
    const source = grant.kind === 'map' ? textAt(grant, 'source') : undefined
    if (grant.kind !== 'map' || source === undefined || declared.includes(source)) return []
    return [
      errorAt(valueAt(grant, 'source') ?? grant, 'undefined-reference', {
        message: `The build of service "${name}" uses secret "${source}", which is not declared`,
        hint: suggestOneOf(source, declared) ?? 'Declare the secret below "secrets:" at the top level',
      }),
    ]
  })
}
