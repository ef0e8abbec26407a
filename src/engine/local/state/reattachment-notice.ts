import { type FSWatcher, watch, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { ProjectLayout } from './layout.ts'

/** Says that live records of running containers have other networks: nothing else tells the supervisor. */
export function noteReattachment({ reattached }: Pick<ProjectLayout, 'reattached'>): void {
  writeFileSync(reattached, `${Date.now()}\n`, { mode: 0o600 })
}

/** Calls `onNotice` for each change that is said, within milliseconds, until it is disposed of. */
export function watchReattachments(
  { runDir, reattached }: Pick<ProjectLayout, 'runDir' | 'reattached'>,
  { onNotice, onError }: { readonly onNotice: () => void; readonly onError: (error: unknown) => void },
): Disposable {
  const name = basename(reattached)
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(runDir, { persistent: false }, (_event, file) => {
      if (file === name) onNotice()
    })
    watcher.on('error', onError)
  } catch (error) {
    onError(error)
  }
  return { [Symbol.dispose]: () => watcher?.close() }
}
