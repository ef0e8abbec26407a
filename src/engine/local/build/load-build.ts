import { join } from 'node:path'
import { assertNever } from '../../../base/assert-never.ts'
import { type Diagnostic, hasErrors } from '../../../base/diagnostic.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BuildConfig, BuildContext } from '../../../model/build.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { Dockerfile } from '../../../model/dockerfile.ts'
import type { NamedContext } from '../../../planner/build/build-request.ts'
import { emptyLayer } from '../../../store/layers/layer-store.ts'
import type { Roots } from '../state/layout.ts'
import { ContextTrees, type OpenContext } from './context-trees.ts'
import type { DockerfileContent, DockerfileReader } from './dockerfile-reader.ts'
import type { FetchedContext, RemoteContext } from './files/fetch-context.ts'
import { findIgnoreFile } from './files/find-ignore-file.ts'
import { type FolderContext, openFolderContext } from './files/folder-context.ts'
import type { RemoteOptions, RemoteSources } from './files/remote-sources.ts'
import { memoFile } from './files/stat-memo.ts'
import { readDockerfile } from './read-dockerfile.ts'

/** What a build reads before any of its steps. */
export interface LoadedBuild {
  /** Undefined if it cannot be read as one. */
  readonly dockerfile: Dockerfile | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** The contexts that are folders. */
  readonly trees: ContextTrees
  /** What ADD fetches. */
  readonly remote: RemoteSources
  /** Additional contexts, by name. */
  readonly named: ReadonlyMap<string, NamedContext>
}

export interface LoadOptions {
  readonly roots: Roots
  readonly dockerfiles: DockerfileReader
  /** Variables of whoever runs the command: proxies, and what git reads. */
  readonly environment: ReadonlyMap<string, string>
  readonly signal: AbortSignal
}

/**
 * Reads the Dockerfile of a build and finds its contexts. Remote ones are fetched.
 *
 * @throws {TcomposeError} `build-context` if one cannot be had.
 */
export async function loadBuild({ config }: ImageBuild, options: LoadOptions): Promise<LoadedBuild> {
  const main = await findContext(config.context, { ...options, fetch: fetchMain })
  const content = contentOf(config, main)
  const { value: dockerfile, diagnostics } = (await options.dockerfiles.load()).parse(content)
  const open = new Map<string, OpenContext>([['', async () => openFound(main, content.path, options)]])
  const named = new Map<string, NamedContext>()
  for (const [name, context] of config.additionalContexts) {
    const reference = imageReference(context)
    if (reference !== undefined) named.set(name, { kind: 'image', reference })
    else {
      named.set(name, { kind: 'folder' })
      open.set(name, async () =>
        openFound(await findContext(context, { ...options, fetch: fetchNamed }), undefined, options),
      )
    }
  }
  return {
    dockerfile: hasErrors(diagnostics) ? undefined : dockerfile,
    diagnostics,
    trees: new ContextTrees(open),
    remote: remoteSources(options),
    named,
  }
}

/** A context that is on this machine. */
type FoundContext = FetchedContext & { readonly isRemote: boolean }

type Fetch = (context: RemoteContext, options: LoadOptions) => Promise<FetchedContext>

async function findContext(
  context: BuildContext,
  { fetch, ...options }: LoadOptions & { readonly fetch: Fetch },
): Promise<FoundContext> {
  switch (context.kind) {
    case 'folder':
      return { kind: 'folder', path: context.path, keepsOwners: false, isRemote: false }
    case 'git':
    case 'url':
      return { ...(await fetch(context, options)), isRemote: true }
    case 'image':
    case 'oci-layout':
    case 'service':
      throw new TcomposeError(
        'build-context',
        'Cannot use an image as the context of a build: expected a folder, an archive or a Git repository',
      )
    default:
      return assertNever(context)
  }
}

const fetchMain: Fetch = async (context, options) => {
  const { fetchContext } = await import('./files/fetch-context.ts')
  return await fetchContext(context, remoteOptions(options))
}

const fetchNamed: Fetch = async (context, options) => {
  const { fetchNamedContext } = await import('./files/fetch-context.ts')
  return await fetchNamedContext(context, remoteOptions(options))
}

/** Returns what ADD fetches: what fetches is loaded then. */
function remoteSources(options: LoadOptions): RemoteSources {
  let opened: Promise<RemoteSources> | undefined
  const open = (): Promise<RemoteSources> => {
    opened ??= import('./files/remote-sources.ts').then(({ openRemoteSources }) =>
      openRemoteSources(remoteOptions(options)),
    )
    return opened
  }
  return {
    digestOf: async source => (await open()).digestOf(source),
    open: async source => (await open()).open(source),
  }
}

/** A context that is a Dockerfile alone is the Dockerfile, whatever `dockerfile` says. */
function contentOf({ context, dockerfile }: BuildConfig, main: FoundContext): DockerfileContent {
  if (main.kind === 'folder') return readDockerfile(dockerfile, main)
  const file = context.kind === 'url' ? context.url : 'Dockerfile'
  return { text: main.text, file, path: undefined, inline: undefined }
}

/** Ignore files count for folders of this machine. */
function openFound(
  found: FoundContext,
  dockerfile: string | undefined,
  { roots }: LoadOptions,
): FolderContext {
  const folder = found.kind === 'folder' ? found.path : emptyLayer(roots)
  const ignoreFile = found.isRemote ? undefined : findIgnoreFile(folder, dockerfile)
  const memo = memoFile(join(roots.data, 'build'), folder)
  return openFolderContext({
    folder,
    ignoreFile,
    memo,
    keepsOwners: found.kind === 'folder' && found.keepsOwners,
  })
}

function remoteOptions({ roots, environment, signal }: LoadOptions): RemoteOptions {
  return { folder: join(roots.data, 'build'), environment: Object.fromEntries(environment), signal }
}

/** Returns the reference of a context that is an image. */
function imageReference(context: BuildContext): string | undefined {
  switch (context.kind) {
    case 'image':
      return context.reference
    case 'oci-layout':
      return context.reference === undefined
        ? `oci:${context.path}`
        : `oci:${context.path}:${context.reference}`
    case 'service':
      if (context.image !== undefined) return context.image
      throw new Error(`The image of service "${context.service}" is not known`)
    case 'folder':
    case 'git':
    case 'url':
      return undefined
    default:
      return assertNever(context)
  }
}
