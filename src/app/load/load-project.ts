import type { Checked } from '../../base/diagnostic.ts'
import type { Project } from '../../model/project.ts'
import type { LoadPorts, LoadRequest } from '../../parser/load-request.ts'
import { recordingPorts } from './load-inputs.ts'
import type { LoadMemo } from './load-memo.ts'

/** Loads the project that `request` means, from `memo` where that knows it: then nothing of the parser runs. */
export async function loadProject(
  request: LoadRequest,
  ports: LoadPorts,
  memo: LoadMemo | undefined,
): Promise<Checked<Project>> {
  const recalled = memo?.recall(request, ports)
  if (recalled !== undefined) return recalled
  const recording = recordingPorts(ports)
  const parser = await import('../../parser/load-project.ts')
  const loaded = parser.loadProject(request, recording)
  memo?.remember(request, loaded, recording)
  return loaded
}
