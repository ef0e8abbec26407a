import type { CopySource } from '../../../../planner/build/build-graph.ts'
import type { ResolvedSource } from './resolve-source.ts'

export type RemoteSource = Extract<CopySource, { readonly kind: 'url' | 'git' }>

/** Sources that are fetched: files behind URLs and Git repositories. What is fetched once stays the same for a build. */
export interface RemoteSources {
  /** Returns text that is the same where what is fetched is. */
  digestOf(source: RemoteSource): Promise<string>
  /** Fetches what `source` names. */
  open(source: RemoteSource): Promise<ResolvedSource>
}
