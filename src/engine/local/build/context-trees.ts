import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { TreeRef } from '../../../planner/build/build-graph.ts'
import type { FolderContext } from './files/folder-context.ts'
import type { SourceTree } from './files/source-tree.ts'

/** Opens a context that is a folder. */
export type OpenContext = () => Promise<FolderContext>

/** The folder contexts of a build, each opened when it is first read. */
export class ContextTrees {
  readonly #open: ReadonlyMap<string, OpenContext>
  readonly #opened = new Map<string, Promise<FolderContext>>()

  /** @param open By name; '' is the context of the build. */
  constructor(open: ReadonlyMap<string, OpenContext>) {
    this.#open = open
  }

  /** @throws {TcomposeError} `build-context` if it cannot be read. */
  async tree({ name }: Extract<TreeRef, { kind: 'context' }>): Promise<SourceTree> {
    const opened = this.#opened.get(name) ?? this.#openNow(name)
    this.#opened.set(name, opened)
    return await opened
  }

  /** Returns the files that are not as the last build saw them, of those that were read. */
  async changes(): Promise<readonly string[]> {
    const contexts = await Promise.all(this.#opened.values())
    return contexts.flatMap(context => context.changes())
  }

  /** Hands what was learned of the files that were read to the next build. */
  async remember(): Promise<void> {
    for (const context of await Promise.all(this.#opened.values())) context.save()
  }

  #openNow(name: string): Promise<FolderContext> {
    const open = this.#open.get(name)
    if (open !== undefined) return open()
    throw new TcomposeError('build-context', `Cannot read context "${name}": it is not declared`)
  }
}
