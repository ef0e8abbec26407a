import { TcomposeError } from '../../base/tcompose-error.ts'
import type { SourceFile } from './published-files.ts'
import type { SensitiveValue } from './sensitive-data.ts'

/** What is to be published, and what the user should know before. */
export interface Publication {
  readonly files: readonly SourceFile[]
  /** Images of all services, as the file has them; each once. */
  readonly images: readonly string[]
  /** Whether images are built, and so have to be pushed. */
  readonly hasBuilds: boolean
  readonly concerns: Concerns
  /** What readers will miss, for people. */
  readonly warnings: readonly string[]
}

/** What should not be published unawares. */
export interface Concerns {
  /** E.g. `service "web": /srv/data:/data`. */
  readonly bindMounts: readonly string[]
  readonly sensitive: readonly SensitiveValue[]
  /** E.g. `service "web": env_file declared`. */
  readonly environment: readonly string[]
}

/** Returns why a project is not published. */
export function notPublishable(problem: string, hint: string): TcomposeError {
  return new TcomposeError('not-publishable', `Cannot publish: ${problem}`, { hint })
}
