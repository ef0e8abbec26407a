import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { eachService, entriesAt, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Networks, volumes, secrets, configs and models that a service uses are declared at the top level. */
export const checkReferences: Rule = input =>
  eachService(input, (service, name) =>
    usesOf(service)
      .filter(({ section }) => isReadable(valueAt(input.document, section)))
      .flatMap(use => undeclared(use, name, [...entriesAt(input.document, use.section).keys()])),
  )

/** What a section of another shape declares is not known; the schema check has reported it. */
function isReadable(section: Node | undefined): boolean {
  return section === undefined || section.kind === 'map'
}

interface Use {
  readonly section: string
  readonly noun: string
  readonly name: string
  readonly at: Pick<Node, 'span'>
}

function usesOf(service: MapNode): readonly Use[] {
  return [
    ...[...entriesAt(service, 'networks')].map(([name, { keySpan }]) => ({
      section: 'networks',
      noun: 'network',
      name,
      at: { span: keySpan },
    })),
    ...[...entriesAt(service, 'models')].map(([name, { keySpan }]) => ({
      section: 'models',
      noun: 'model',
      name,
      at: { span: keySpan },
    })),
    ...mapItems(service, 'volumes').flatMap(mount =>
      textAt(mount, 'type') === 'volume' ? grantOf(mount, 'volumes', 'volume') : [],
    ),
    ...mapItems(service, 'secrets').flatMap(grant => grantOf(grant, 'secrets', 'secret')),
    ...mapItems(service, 'configs').flatMap(grant => grantOf(grant, 'configs', 'config')),
  ]
}

function mapItems(service: MapNode, key: string): readonly MapNode[] {
  return itemsOf(valueAt(service, key)).flatMap(item => (item.kind === 'map' ? [item] : []))
}

function grantOf(grant: MapNode, section: string, noun: string): readonly Use[] {
  const source = valueAt(grant, 'source')
  const name = stringOf(source)
  return source === undefined || name === undefined || name === ''
    ? []
    : [{ section, noun, name, at: source }]
}

function undeclared(use: Use, service: string, declared: readonly string[]): readonly Diagnostic[] {
  if (declared.includes(use.name)) return []
  const known = declared.filter(name => !(use.section === 'networks' && name === 'default'))
  return [
    errorAt(use.at, 'undefined-reference', {
      message: `Service "${service}" uses ${use.noun} "${use.name}", which is not declared`,
      hint: suggestion(use, known),
    }),
  ]
}

function suggestion({ name, noun, section }: Use, known: readonly string[]): string {
  return suggestOneOf(name, known) ?? `Declare the ${noun} below "${section}:" at the top level`
}
