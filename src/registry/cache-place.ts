import { TcomposeError } from '../base/tcompose-error.ts'
import type { BuildCache } from '../model/build.ts'
import { parseRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import type { Wait } from './retry.ts'

/** Where a cache of builds is. */
export type CachePlace =
  /** An OCI image layout. */
  | { readonly kind: 'folder'; readonly path: string; readonly tag: string }
  | { readonly kind: 'registry'; readonly reference: RegistryReference }
  /** In the image that is built. */
  | { readonly kind: 'inline' }

/** How to reach a cache. */
export interface CacheOptions {
  readonly signal?: AbortSignal | undefined
  /** @default the environment of this process */
  readonly environment?: NodeJS.ProcessEnv
  /** @default time */
  readonly wait?: Wait
}

const DEFAULT_TAG = 'latest'

/**
 * Returns where a line of `cache_from` or `cache_to` leads.
 *
 * @throws {TcomposeError} `build-cache` for another type, or if an option is missing.
 */
export function cachePlace({ type, options }: BuildCache, direction: 'from' | 'to'): CachePlace {
  const needed = (key: string): string => {
    const value = options.get(key)
    if (value !== undefined && value !== '') return value
    throw new TcomposeError(
      'build-cache',
      `Cannot use cache_${direction} of type ${type}: it has no "${key}"`,
      {
        hint: `Add ${key}=...`,
      },
    )
  }
  switch (type) {
    case 'local': {
      const path = needed(direction === 'from' ? 'src' : 'dest')
      return { kind: 'folder', path, tag: options.get('tag') ?? DEFAULT_TAG }
    }
    case 'registry':
      return { kind: 'registry', reference: readReference(needed('ref'), direction) }
    case 'inline':
      return { kind: 'inline' }
    default:
      throw new TcomposeError(
        'build-cache',
        `Cannot use cache_${direction} of type "${type}": expected local, registry or inline`,
        { hint: 'Use a local folder, and have the CI keep it' },
      )
  }
}

/** Returns `error` as that of a cache. What is no `TcomposeError` is a bug, and stays. */
export function asCacheError(what: string, error: unknown): unknown {
  if (!(error instanceof TcomposeError) || error.code === 'build-cache') return error
  const { message, hint } = error
  return new TcomposeError('build-cache', `Cannot ${what}: ${message}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  })
}

function readReference(text: string, direction: string): RegistryReference {
  try {
    return parseRegistryReference(text)
  } catch (error) {
    if (!(error instanceof TcomposeError) && !(error instanceof SyntaxError)) throw error
    throw new TcomposeError(
      'build-cache',
      `Cannot use cache_${direction}: "${text}" is no name of an image`,
      {
        hint: 'Write [registry/]name[:tag]',
        cause: error,
      },
    )
  }
}
