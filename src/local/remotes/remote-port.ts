import type { RemoteOptions, RemotePort } from '../../app/remote-port.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { RemoteFiles } from '../../parser/load-request.ts'
import type { RemotePlace } from './remote-place.ts'

type Answer = Exclude<RemoteFiles, { kind: 'awaited' }>

/** Gets Compose files from registries and Git repositories. One command asks for each address once. */
export function remotePort(place: RemotePlace): RemotePort {
  const answers = new Map<string, Promise<Answer>>()
  const places = new Map<string, string>()
  return {
    fetch: async (address, options) => {
      const asked = answers.get(address) ?? answered(address, options, place)
      answers.set(address, asked)
      const answer = await asked
      if (answer.kind === 'fetched') for (const { name, path } of answer.files) places.set(name, path)
      return answer
    },
    placeOf: name => places.get(name),
  }
}

async function answered(address: string, { insecure }: RemoteOptions, place: RemotePlace): Promise<Answer> {
  try {
    if (!address.startsWith('oci://')) {
      const { fetchRepository } = await import('./fetch-repository.ts')
      return await fetchRepository(address, place)
    }
    const { fetchProject } = await import('./fetch-project.ts')
    return await fetchProject(address, { ...place, insecure })
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    const { code, message, hint } = error
    return { kind: 'failed', code, message, ...(hint !== undefined && { hint }) }
  }
}
