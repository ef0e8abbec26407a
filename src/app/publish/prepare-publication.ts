import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { itemsOf, type MapNode, nodeAt, stringOf } from '../../parser/document/node.ts'
import type { ComposeDocument } from '../../parser/load-compose-document.ts'
import { displayName } from '../../parser/locate/resolve-path.ts'
import { literalValues, literalVariables } from '../../parser/publish/literal-values.ts'
import { entriesAt, textAt, valueAt } from '../../parser/rules/rule-context.ts'
import type { AppContext } from '../app-context.ts'
import { toLoadRequest } from '../find-project.ts'
import { loadDocument } from '../load/load-document.ts'
import type { ProjectRequest } from '../project-request.ts'
import { notPublishable, type Publication } from './publication.ts'
import { type CollectedFiles, collectFiles, type SourceFile } from './published-files.ts'
import { isSecretName, type SensitiveValue, sensitiveAmong, sensitiveIn } from './sensitive-data.ts'

/** What of a project to publish. */
export interface PublicationOptions {
  /** Include env files, and do not ask about variables. */
  readonly withEnv: boolean
  /** Include the local files that are included. */
  readonly withIncludes: boolean
}

/** A project that is ready to be published, or what is wrong with its file. */
export type PreparedPublication =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'prepared'
      readonly publication: Publication
      readonly diagnostics: readonly Diagnostic[]
    }

/**
 * Reads the files of `request` with all profiles, and what belongs to them. Nothing leaves the machine.
 *
 * @throws {TcomposeError} `not-publishable` for services that only have a build and for local includes; `file-not-found`.
 */
export async function preparePublication(
  context: AppContext,
  request: ProjectRequest,
  options: PublicationOptions,
): Promise<PreparedPublication> {
  const wanted = toLoadRequest(context, { ...request, profiles: ['*'] })
  const loaded = await loadDocument({ ...wanted, leaveOut: ['environment'] }, context)
  if (loaded.value === undefined) return { kind: 'invalid', diagnostics: loaded.diagnostics }
  const { services, document, files, workingDir, variables } = loaded.value
  refuseBuildOnly(services)
  const { workingDirectory } = wanted
  const { withEnv, withIncludes } = options
  const collected = collectFiles({ files, workingDir, workingDirectory, variables, withEnv }, context.files)
  const [include] = collected.includes
  if (include !== undefined && !withIncludes) {
    throw notPublishable(
      `cannot publish compose file with local includes, here "${include}"`,
      'Add --with-includes to publish what is included too, or publish that project and include it as oci://',
    )
  }
  return {
    kind: 'prepared',
    publication: {
      files: collected.files,
      images: [...new Set([...services.values()].flatMap(service => textAt(service, 'image') ?? []))],
      hasBuilds: [...services.values()].some(service => valueAt(service, 'build') !== undefined),
      concerns: {
        bindMounts: bindMountsOf(services),
        sensitive: await sensitiveOf(context, collected, document),
        environment: withEnv ? [] : environmentOf(collected),
      },
      warnings: warningsOf(loaded.value, collected, { ...options, workingDirectory }),
    },
    diagnostics: loaded.diagnostics,
  }
}

function refuseBuildOnly(services: ComposeDocument['services']): void {
  const names = [...services].flatMap(([name, service]) =>
    valueAt(service, 'build') !== undefined && textAt(service, 'image') === undefined ? [`"${name}"`] : [],
  )
  if (names.length === 0) return
  throw notPublishable(
    `your Compose stack cannot be published as it only contains a build section for service(s): ${names.join(', ')}`,
    'Give each an image with a name in a registry: readers pull it, and `publish` pushes it',
  )
}

function bindMountsOf(services: ComposeDocument['services']): readonly string[] {
  return [...services].flatMap(([name, service]) =>
    mapsAt(service, 'volumes').flatMap(mount => {
      if (textAt(mount, 'type') !== 'bind') return []
      const mode = textAt(mount, 'read_only') === 'true' ? ':ro' : ''
      return [`service "${name}": ${textAt(mount, 'source') ?? ''}:${textAt(mount, 'target') ?? ''}${mode}`]
    }),
  )
}

async function sensitiveOf(
  { contents }: AppContext,
  { files, envFiles }: CollectedFiles,
  document: MapNode,
): Promise<readonly SensitiveValue[]> {
  const inFiles = files.flatMap(file =>
    file.kind === 'env'
      ? sensitiveIn(file.original)
      : sensitiveAmong(
          literalValues(file.source, file.original).map(({ path, text }) => ({ key: path, value: text })),
        ),
  )
  const others = [
    ...envFiles.map(({ path }) => path),
    ...['configs', 'secrets'].flatMap(section => namedFiles(document, section).map(({ path }) => path)),
  ]
  const inOthers = [...new Set(others)].flatMap(path => {
    const content = contents.readFile(path)
    return content.kind === 'read' ? sensitiveIn(Buffer.from(content.bytes).toString('utf8')) : []
  })
  const all = [...inFiles, ...inOthers]
  return [...new Map(all.map(found => [`${found.key} ${found.value}`, found])).values()]
}

function environmentOf({ files, envFiles }: CollectedFiles): readonly string[] {
  const declared = envFiles.map(({ service }) =>
    service === undefined ? 'include: env_file declared' : `service "${service}": env_file declared`,
  )
  const literals = files.flatMap(file => (file.kind === 'env' ? [] : literalsIn(file)))
  return [...new Set([...declared, ...literals])]
}

function literalsIn({ source, original }: SourceFile): readonly string[] {
  return literalVariables(source, original)
    .filter(({ name }) => isSecretName(name))
    .map(({ service, name }) => `service "${service}": literal value for "${name}"`)
}

function warningsOf(
  { document, services }: ComposeDocument,
  { envFiles }: CollectedFiles,
  { withEnv, workingDirectory }: PublicationOptions & { readonly workingDirectory: AbsolutePath },
): readonly string[] {
  const left = withEnv ? [] : [...new Set(envFiles.map(({ source }) => source))]
  const files = ['config', 'secret'].flatMap(kind =>
    namedFiles(document, `${kind}s`).map(({ name, path }) => ({ kind, name, path })),
  )
  const local = [...services].flatMap(([name, service]) => {
    const image = textAt(service, 'image') ?? ''
    return /^(?:rootfs|oci|oci-archive|docker-archive):/.test(image) ? [{ name, image }] : []
  })
  return [
    ...left.map(source => `env file "${source}" is not published: add --with-env for that`),
    ...files.map(
      ({ kind, name, path }) =>
        `${kind} "${name}" is read from "${displayName(workingDirectory, path)}", which is not published`,
    ),
    ...local.map(({ name, image }) => `image "${image}" of service "${name}" is on this machine only`),
  ]
}

function namedFiles(
  document: MapNode,
  section: string,
): readonly { readonly name: string; readonly path: string }[] {
  return [...entriesAt(document, section)].flatMap(([name, { value }]) => {
    const path = stringOf(nodeAt(value, ['file']))
    return path === undefined ? [] : [{ name, path }]
  })
}

function mapsAt(service: MapNode, key: string): readonly MapNode[] {
  return itemsOf(valueAt(service, key)).flatMap(item => (item.kind === 'map' ? [item] : []))
}
