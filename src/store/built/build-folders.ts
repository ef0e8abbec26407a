import { join } from 'node:path'
import type { StorePaths } from '../store-paths.ts'

/**
 * What builds keep: `build/steps` holds a record for each step that ran, `build/cache` what `RUN --mount=type=cache`
 * mounts, `build/contexts` what is known of the files of contexts, `build/last` what images were built from. Temporary
 * files of steps and caches are in `build` itself.
 */
export function buildFolders(paths: StorePaths): {
  readonly build: string
  readonly steps: string
  readonly cache: string
  readonly contexts: string
  readonly last: string
} {
  const build = join(paths.data, 'build')
  return {
    build,
    steps: join(build, 'steps'),
    cache: join(build, 'cache'),
    contexts: join(build, 'contexts'),
    last: join(build, 'last'),
  }
}
