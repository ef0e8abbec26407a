import type { LoadRequest, RemoteFiles, RemoteSource } from '../../parser/load-request.ts'
import type { RemotePort } from '../remote-port.ts'

/**
 * Loads as `load` does, which can wait for nothing: whenever it misses files of other machines, these are fetched and it is
 * called again.
 */
export async function loadWithRemotes<T>(
  { insecureRegistries: insecure = [] }: Pick<LoadRequest, 'insecureRegistries'>,
  remotes: RemotePort,
  load: (remotes: RemoteSource) => T,
): Promise<T> {
  const known = new Map<string, RemoteFiles>()
  for (;;) {
    const missing = new Set<string>()
    const loaded = load({
      find: address => {
        const found = known.get(address)
        if (found === undefined) missing.add(address)
        return found ?? { kind: 'awaited' }
      },
    })
    if (missing.size === 0) return loaded
    const fetched = await Promise.all(
      [...missing].map(async address => [address, await remotes.fetch(address, { insecure })] as const),
    )
    for (const [address, files] of fetched) known.set(address, files)
  }
}
