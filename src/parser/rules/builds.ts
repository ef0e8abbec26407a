import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { splitLocalImage } from '../../model/local-image.ts'
import { entriesOf, itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { type CircleEdge, findCircles } from './find-circles.ts'
import { eachBuild, entriesAt, errorAt, type Rule, type RuleInput, textAt, valueAt } from './rule-context.ts'

/** A build names contexts, platforms and secrets that there are, and makes an image that can have its name. */
export const checkBuilds: Rule = input => [
  ...eachBuild(input, (build, name, service) => [
    ...imageName(service, name),
    ...contexts(input, build, name),
    ...platforms(service, build, name),
    ...secrets(input, build, name),
  ]),
  ...circles(input),
]

/** A built image is stored under a name: files of images are not written, and a digest is not chosen. */
function imageName(service: MapNode, name: string): readonly Diagnostic[] {
  const image = valueAt(service, 'image')
  const text = stringOf(image)
  if (image === undefined || text === undefined) return []
  const isFile = splitLocalImage(text) !== undefined
  if (!isFile && !text.includes('@')) return []
  return [
    errorAt(image, 'conflicting-keys', {
      message: `Cannot build the image of service "${name}" as "${text}": ${isFile ? 'it is a file' : 'it has a digest'}, expected a name`,
      hint: 'Name the image as in "registry.example.com/app:1", or remove "build"',
    }),
  ]
}

const SERVICE = 'service:'

function contexts({ services, bases }: RuleInput, build: MapNode, name: string): readonly Diagnostic[] {
  return serviceContexts(build).flatMap(({ context, to, value }) => {
    const target = services.get(to) ?? bases.get(to)
    if (target !== undefined && valueAt(target, 'build') !== undefined) return []
    const state = target === undefined ? 'which is not declared' : 'which is not built'
    return [
      errorAt(value, 'undefined-reference', {
        message: `The build of service "${name}" takes context "${context}" from service "${to}", ${state}`,
        hint: target === undefined ? suggestOneOf(to, [...services.keys()]) : `Give "${to}" a "build"`,
      }),
    ]
  })
}

interface ServiceContext {
  readonly context: string
  /** The service whose image it is. */
  readonly to: string
  readonly value: Node
}

function serviceContexts(build: MapNode): readonly ServiceContext[] {
  return [...entriesAt(build, 'additional_contexts')].flatMap(([context, { value }]) => {
    const text = stringOf(value)
    return text?.startsWith(SERVICE) ? [{ context, to: text.slice(SERVICE.length), value }] : []
  })
}

/** One diagnostic per circle of images that are built from each other, at the context that closes it. */
function circles({ services, bases }: RuleInput): readonly Diagnostic[] {
  const edgesOf = (name: string): readonly CircleEdge[] => {
    const build = entriesOf(services.get(name) ?? bases.get(name)).get('build')?.value
    return build?.kind === 'map'
      ? serviceContexts(build).map(({ to, value: { span } }) => ({ to, span }))
      : []
  }
  return findCircles(services.keys(), edgesOf).map(({ names, span }) =>
    errorAt({ span }, 'dependency-cycle', {
      message: `Images are built from each other in a circle: ${names.join(' -> ')}`,
      hint: 'Remove one of these contexts',
    }),
  )
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
    if (grant.kind !== 'map') return []
    const source = textAt(grant, 'source')
    if (source === undefined) {
      const message = `A secret of the build of service "${name}" has no "source"`
      return [errorAt(grant, 'missing-key', { message, hint: 'Add the name of a secret' })]
    }
    if (declared.includes(source)) return []
    return [
      errorAt(valueAt(grant, 'source') ?? grant, 'undefined-reference', {
        message: `The build of service "${name}" uses secret "${source}", which is not declared`,
        hint: suggestOneOf(source, declared) ?? 'Declare the secret below "secrets:" at the top level',
      }),
    ]
  })
}
