import { TcomposeError } from '../base/tcompose-error.ts'
import type { RegistryReference } from '../oci/registry-reference.ts'
import { type BlobRequest, downloadBlob } from './download-blob.ts'
import { ACCEPTED, fetchManifest, type ManifestDocument, type ManifestRequest } from './fetch-manifest.ts'
import { missingTag } from './missing-tag.ts'
import { taggedDigest } from './push-manifest.ts'
import { registryEndpoints } from './registry-endpoint.ts'
import { RegistrySession } from './registry-session.ts'
import { type RegistrySettings, readRegistrySettings } from './registry-settings.ts'
import type { Wait } from './retry.ts'

/** Which repository, and with whose settings. */
export interface RepositoryOptions {
  readonly parsed: RegistryReference
  /** As the user wrote it, for errors. */
  readonly reference: string
  /** Where the user's files and the proxies are found. */
  readonly environment: NodeJS.ProcessEnv
  /** @default those of the user */
  readonly settings?: RegistrySettings
  readonly wait: Wait
  readonly signal: AbortSignal | undefined
}

/** A repository of images: what its mirrors do not give, the registry itself is asked for. */
export class ImageRepository implements AsyncDisposable {
  readonly #options: RepositoryOptions
  readonly #sessions: readonly RegistrySession[]

  /** @throws {TcomposeError} `registry-settings`. */
  constructor(options: RepositoryOptions) {
    const { parsed, reference, environment, wait, signal } = options
    const { settings = readRegistrySettings(environment) } = options
    this.#options = options
    this.#sessions = registryEndpoints(parsed.domain, settings).map(
      endpoint =>
        new RegistrySession({
          endpoint,
          repository: parsed.path,
          purpose: { kind: 'pull', reference },
          environment,
          wait,
          signal,
        }),
    )
  }

  /** Does `fetchManifest`. */
  async manifest(wanted: ManifestRequest['wanted']): Promise<ManifestDocument> {
    const { reference } = this.#options
    try {
      return await this.#fromFirst(session => fetchManifest({ session, reference, wanted }))
    } catch (error) {
      const isMissing = error instanceof TcomposeError && error.code === 'image-not-found'
      throw isMissing && 'tag' in wanted ? await this.#missingTag(wanted.tag) : error
    }
  }

  /** Does `taggedDigest`: cheaper than the manifest, and registries that count pulls do not count it. */
  async taggedDigest(tag: string): Promise<string | undefined> {
    return await this.#fromFirst(session => taggedDigest(session, tag, ACCEPTED))
  }

  /** Does `downloadBlob`. */
  async download(
    request: Pick<BlobRequest, 'digest' | 'size' | 'file' | 'spare' | 'onBytes'>,
  ): Promise<void> {
    const { reference, wait, signal } = this.#options
    await this.#fromFirst(session => downloadBlob({ ...request, session, reference, wait, signal }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map(session => session[Symbol.asyncDispose]()))
  }

  async #missingTag(tag: string): Promise<TcomposeError> {
    const { reference, parsed } = this.#options
    const { domain: host, path: repository } = parsed
    return await missingTag({ session: this.#own, reference, host, repository, tag })
  }

  /** The registry itself, behind its mirrors. */
  get #own(): RegistrySession {
    const own = this.#sessions.at(-1)
    if (own === undefined) throw new Error('a repository has one server at least')
    return own
  }

  async #fromFirst<T>(ask: (session: RegistrySession) => Promise<T>): Promise<T> {
    const mirrored: TcomposeError[] = []
    for (const session of this.#sessions) {
      try {
        return await ask(session)
      } catch (error) {
        if (!(error instanceof TcomposeError)) throw error
        if (session === this.#own) throw withMirrors(error, mirrored)
        mirrored.push(error)
      }
    }
    throw new Error('a repository has one server at least')
  }
}

/** Returns what the registry itself has failed with, and what its mirrors had said before. */
function withMirrors(error: TcomposeError, mirrored: readonly TcomposeError[]): TcomposeError {
  if (mirrored.length === 0) return error
  const { code, message, hint, cause } = error
  const said = mirrored.map(
    other => `Asked before, as a mirror: ${other.message.replace(/^Cannot .*?": /, '')}`,
  )
  return new TcomposeError(code, message, { ...(hint !== undefined && { hint }), notes: said, cause })
}
