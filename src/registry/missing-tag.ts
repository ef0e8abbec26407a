import { didYouMean } from '../base/did-you-mean.ts'
import { parseJsonObject, textsAt } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { imageNotFound } from '../oci/image-errors.ts'
import type { RegistrySession } from './registry-session.ts'

/** A tag that a registry lacks. */
export interface MissingTag {
  readonly session: RegistrySession
  /** As the user wrote it, for the error. */
  readonly reference: string
  /** The registry's name. */
  readonly host: string
  /** E.g. `library/redis`. */
  readonly repository: string
  readonly tag: string
}

/** What a registry says about the tags of a repository. */
type Tags =
  | { readonly kind: 'listed'; readonly tags: readonly string[]; readonly isAll: boolean }
  | { readonly kind: 'no-repository' }
  /** It does not list them, or not to this user. */
  | { readonly kind: 'unknown' }

const MOST_LISTED = 1000
const LARGEST_LIST = 1024 * 1024
const MOST_SHOWN = 5
const ANSWERS: ReadonlySet<number> = new Set([200, 404])

/** Returns the error for a tag that is not there; the registry is asked which ones are. */
export async function missingTag(missing: MissingTag): Promise<TcomposeError> {
  const { reference, host, repository, tag } = missing
  const found = await listTags(missing.session)
  const logIn = `The registry may also hide what the user is not allowed to see: \`tcompose login${host === 'docker.io' ? '' : ` ${host}`}\``
  switch (found.kind) {
    case 'no-repository':
      return imageNotFound(reference, `${host} has no repository "${repository}"`, `Check the name. ${logIn}`)
    case 'unknown':
      return imageNotFound(
        reference,
        `${host} has no tag "${tag}" of "${repository}"`,
        `Check the name and the tag. ${logIn}`,
      )
    case 'listed':
      return imageNotFound(
        reference,
        `${host} has no tag "${tag}" of "${repository}", expected ${countText(found)}`,
        tagsHint(tag, found.tags),
      )
  }
}

function countText({ tags, isAll }: Extract<Tags, { readonly kind: 'listed' }>): string {
  if (isAll && tags.length === 1) return 'the one that it has'
  return `one of its ${isAll ? '' : 'more than '}${tags.length}`
}

/** One try, and no error: this only helps to describe another one. */
async function listTags(session: RegistrySession): Promise<Tags> {
  try {
    const target = `tags/list?n=${MOST_LISTED}`
    const attempt = await session.attempt({ method: 'GET', target, answers: ANSWERS })
    if (attempt.kind === 'again') return { kind: 'unknown' }
    const { reply } = attempt
    const bytes = await reply.bytes(LARGEST_LIST)
    if (reply.status === 404) return { kind: 'no-repository' }
    if (bytes === undefined) return { kind: 'unknown' }
    const tags = textsAt(parseJsonObject(bytes, 'list of tags'), 'tags')
    return { kind: 'listed', tags, isAll: reply.header('link') === undefined }
  } catch (error) {
    if (error instanceof TcomposeError || error instanceof SyntaxError) return { kind: 'unknown' }
    throw error
  }
}

/** Of tags that are equally near the latest version comes first. */
export function tagsHint(wanted: string, tags: readonly string[]): string {
  if (tags.length === 0) return 'Push an image first: the repository has no tags'
  const meant = didYouMean(
    wanted,
    tags.toSorted((a, b) => compareVersions(b, a)),
  )
  if (meant !== undefined) return meant
  const shown = tags.slice(0, MOST_SHOWN).map(tag => `"${tag}"`)
  const others = tags.length - shown.length
  return `It has ${shown.join(', ')}${others > 0 ? ` and ${others} more` : ''}`
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
