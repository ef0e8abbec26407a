import type { Diagnostic } from '../../base/diagnostic.ts'
import type { TcomposeError } from '../../base/tcompose-error.ts'
import type { Plan } from '../../planner/plan.ts'
import type { WatchLimit } from './tree-port.ts'

/** What happens in a watch session. */
export type WatchEvent =
  /** All that changes from now on is noticed. */
  | { readonly kind: 'enabled'; readonly services: readonly string[] }
  | { readonly kind: 'disabled' }
  /** `changes` counts files and folders. */
  | { readonly kind: 'syncing'; readonly service: string; readonly changes: number }
  | { readonly kind: 'rebuilding'; readonly services: readonly string[] }
  | { readonly kind: 'rebuilt'; readonly services: readonly string[] }
  /** What ran before goes on. */
  | { readonly kind: 'rebuild-failed'; readonly services: readonly string[] }
  | { readonly kind: 'restarted'; readonly services: readonly string[] }
  | { readonly kind: 'restart-failed'; readonly services: readonly string[] }
  /** A command of a rule has ended in the container `name`. */
  | {
      readonly kind: 'executed'
      readonly name: string
      readonly argv: readonly string[]
      readonly exitCode: number
    }
  /** Something could not be done; the session goes on. */
  | { readonly kind: 'failed'; readonly error: TcomposeError }
  /** The path of a rule is mounted in the container, so there is nothing to copy. */
  | { readonly kind: 'mounted'; readonly service: string; readonly path: string }
  | { readonly kind: 'limited'; readonly limit: WatchLimit }
  /** The Compose file was edited and is wrong; what was read before still counts. */
  | { readonly kind: 'file-invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** The Compose file was edited, and `up` would do this. */
  | { readonly kind: 'file-changed'; readonly plan: Plan }
