import type { Checked } from '../../base/diagnostic.ts'
import type { Project } from '../../model/project.ts'
import type { LoadPorts, LoadRequest } from '../../parser/load-request.ts'
import type { Interruptibly } from '../app-context.ts'
import type { RemotePort } from '../remote-port.ts'
import { recordingPorts } from './load-inputs.ts'
import type { LoadMemo } from './load-memo.ts'
import { loadWithRemotes } from './load-with-remotes.ts'

/** What a load works with. */
export interface LoadContext extends Pick<LoadPorts, 'files' | 'environment'> {
  readonly memo: LoadMemo | undefined
  readonly remotes: RemotePort
  readonly interruptibly: Interruptibly
}

/** A project that was loaded or recalled, or what is wrong with it. */
export interface FoundLoad extends Checked<Project> {
  /** As in `LoadedProject`. */
  readonly draft?: () => Project | undefined
}

/** Loads the project that `request` means, from the memo where that knows it: then nothing of the parser runs. */
export async function loadProject(request: LoadRequest, context: LoadContext): Promise<FoundLoad> {
  const { memo, interruptibly, files, environment } = context
  const recalled = interruptibly(() => memo?.recall(request, { files, environment }))
  if (recalled !== undefined) return recalled
  const parser = await import('../../parser/load-project.ts')
  return await loadWithRemotes(request, context.remotes, remotes => {
    const recording = recordingPorts({ files, environment, remotes })
    const loaded = interruptibly(() => parser.loadProject(request, recording))
    memo?.remember(request, loaded, recording)
    return loaded
  })
}
