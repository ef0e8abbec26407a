import type { SourceSpan } from '../../base/source-span.ts'

/** An alias or a merge key through which a value was reached. */
export interface AliasPath {
  readonly kind: 'alias' | 'merge-key'
  /** Of an alias: the anchor's name. */
  readonly name?: string
  /** The place of `*name` or `<<`. */
  readonly span: SourceSpan
  /** The one that this one was reached through. */
  readonly outer: AliasPath | undefined
}

/**
 * The innermost alias of each value that has one, by the very span object of the value: the stages of the load pass
 * it on, and a value that is reached twice has two.
 */
export type AliasPaths = ReadonlyMap<SourceSpan, AliasPath>
