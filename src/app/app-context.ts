import type { Engine } from '../engine/engine.ts'
import type { FileSource } from '../parser/load-request.ts'
import type { ContentReader } from './content-reader.ts'
import type { LoadMemo } from './load/load-memo.ts'
import type { ModelPort } from './model-port.ts'
import type { ProviderPort } from './provider-port.ts'
import type { PublishDefault } from './publish-default.ts'
import type { RemotePort } from './remote-port.ts'
import type { TreePort } from './watch/tree-port.ts'

/** Runs what may block or compute for long and changes nothing: an interrupt meanwhile ends the process. */
export type Interruptibly = <T>(work: () => T) => T

/** What the use cases work with. */
export interface AppContext {
  readonly engine: Engine
  readonly files: FileSource
  readonly contents: ContentReader
  readonly runProvider: ProviderPort
  readonly models: ModelPort
  readonly remotes: RemotePort
  readonly trees: TreePort
  readonly interruptibly: Interruptibly
  /** Reads the user's settings; called only for a file that has a port without an address. */
  readonly publishDefault: () => PublishDefault
  readonly environment: ReadonlyMap<string, string>
  readonly workingDirectory: string
  /** Undefined parses the file each time. */
  readonly memo: LoadMemo | undefined
  /** Whether this process may make namespaces, mounts and interfaces. */
  readonly isRoot: boolean
}
