import { join } from 'node:path'
import type { AbsolutePath } from '../../../base/absolute-path.ts'
import { assertNever } from '../../../base/assert-never.ts'
import { type Diagnostic, hasErrors } from '../../../base/diagnostic.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BuildContext } from '../../../model/build.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { Dockerfile } from '../../../model/dockerfile.ts'
import type { NamedContext } from '../../../planner/build/build-request.ts'
import type { Roots } from '../state/layout.ts'
import type { DockerfileReader } from './dockerfile-reader.ts'
import { fetchContext } from './files/fetch-context.ts'
import { findIgnoreFile } from './files/find-ignore-file.ts'
import { type FolderContext, openFolderContext } from './files/folder-context.ts'
import { openRemoteSources } from './files/open-remote-sources.ts'
import type { RemoteSources } from './files/remote-sources.ts'
import { readDockerfile } from './read-dockerfile.ts'
import { ContextTrees, type OpenContext } from './trees.ts'

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
  readonly signal: AbortSignal
}

/**
 * Reads the Dockerfile of a build and finds its contexts. Remote ones are fetched.
 *
 * @throws {TcomposeError} `build-context` if one cannot be had.
 */
export async function loadBuild(build: ImageBuild, options: LoadOptions): Promise<LoadedBuild> {
  const { config } = build
  const main = await folderOf(config.context, options)
  const content = readDockerfile(config.dockerfile, main)
  const { value: dockerfile, diagnostics } = (await options.dockerfiles.load()).parse(content)
  const open = new Map<string, OpenContext>([['', async () => openFolder(main, content.path, options)]])
  const named = new Map<string, NamedContext>()
  for (const [name, context] of config.additionalContexts) {
    const reference = imageReference(context)
    if (reference !== undefined) named.set(name, { kind: 'image', reference })
    else {
      named.set(name, { kind: 'folder' })
      open.set(name, async () => openFolder(await folderOf(context, options), undefined, options))
    }
  }
  return {
    dockerfile: hasErrors(diagnostics) ? undefined : dockerfile,
    diagnostics,
    trees: new ContextTrees(open),
    remote: openRemoteSources(options),
    named,
  }
}

function openFolder(
  folder: AbsolutePath,
  dockerfile: string | undefined,
  { roots, signal }: LoadOptions,
): FolderContext {
  const ignoreFile = findIgnoreFile(folder, dockerfile)
  const memo = join(roots.data, 'build/contexts', sha256Hex(folder))
  return openFolderContext({ folder, ignoreFile, memo, signal })
}

/** Returns the folder of a context, fetching what is remote. */
async function folderOf(context: BuildContext, { roots, signal }: LoadOptions): Promise<AbsolutePath> {
  switch (context.kind) {
    case 'folder':
      return context.path
    case 'git':
    case 'url':
      return await fetchContext({ roots, context, signal })
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
