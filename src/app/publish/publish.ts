import type { PublishedFile, PushArtifactRequest, PushedArtifact } from '../../registry/push-artifact.ts'
import type { AppContext } from '../app-context.ts'
import { config } from '../config.ts'
import type { ProjectRequest } from '../project-request.ts'
import { notPublishable, type Publication } from './publication.ts'

/** How to publish, and where. */
export interface PublishOptions {
  /** `REPOSITORY[:TAG]`. */
  readonly target: string
  readonly ociVersion: PushArtifactRequest['version']
  /** Add an override file that pins images to their digests. */
  readonly resolvesDigests: boolean
  /** Copy the images to the repository too. */
  readonly withImages: boolean
  readonly isInsecure: boolean
  readonly signal: AbortSignal
}

/**
 * Pushes what was prepared of the files of `request`.
 *
 * @throws {TcomposeError} As `pushArtifact`, and as `config` where digests are asked for.
 */
export async function publish(
  context: AppContext,
  request: ProjectRequest,
  { publication, options }: { readonly publication: Publication; readonly options: PublishOptions },
): Promise<PushedArtifact> {
  const { target, ociVersion, isInsecure, withImages, resolvesDigests, signal } = options
  const digests = resolvesDigests ? [await digestFile(context, request)] : []
  // The client of registries is loaded for this alone.
  const { pushArtifact } = await import('../../registry/push-artifact.ts')
  return await pushArtifact({
    target,
    files: [
      ...publication.files.map(({ kind, name, text }) => ({ kind, name, content: Buffer.from(text) })),
      ...digests,
    ],
    version: ociVersion,
    images: withImages ? publication.images : [],
    isInsecure,
    environment: Object.fromEntries(context.environment),
    signal,
  })
}

/** As `config --lock-image-digests` shows it. */
async function digestFile(context: AppContext, request: ProjectRequest): Promise<PublishedFile> {
  const result = await config(
    context,
    { ...request, profiles: ['*'] },
    {
      ...({ kind: 'document', format: 'yaml', services: [], allResources: false } as const),
      leaveOut: ['environment'],
      digests: 'lock',
    },
  )
  if (result.kind !== 'text') throw notPublishable('its file changed meanwhile', 'Run the command again')
  return { kind: 'compose', name: 'image-digests.yaml', content: Buffer.from(result.text) }
}
