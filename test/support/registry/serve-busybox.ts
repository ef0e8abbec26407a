import { join } from 'node:path'
import { imageLayout } from '../parts/image-layout.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { pushLayout } from './push-layout.ts'
import { startRegistry } from './registry-server.ts'

/** A registry that has busybox as `t/bb:1`, or why there is none. Disposed of, it leaves nothing. */
export type ServedBusybox =
  | ({
      readonly kind: 'found'
      /** `127.0.0.1:<port>`. */
      readonly host: string
      /** Digest of the manifest of `t/bb:1`. */
      readonly digest: string
      /** The OCI image layout that it was pushed from. */
      readonly layout: string
      /** Returns the path of `name` in a folder that is removed with the registry. */
      readonly at: (name: string) => string
      /** Ends the registry, like a lost network; the folder stays. */
      readonly stop: () => Promise<void>
    } & AsyncDisposable)
  | ({ readonly kind: 'missing'; readonly reason: string } & AsyncDisposable)

/** Starts docker-registry without TLS and users, and pushes busybox to it. */
export async function serveBusybox(): Promise<ServedBusybox> {
  await using stack = new AsyncDisposableStack()
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return missing(layout.reason)
  const folder = stack.use(temporaryFolder())
  const at = (name: string) => join(folder.path, name)
  const registry = stack.use(await startRegistry({ storage: at('storage'), config: at('c.json') }))
  if (registry.kind === 'missing') return missing(registry.reason)
  const { host } = registry
  const digest = await pushLayout({ layout: layout.dir, host, repository: 't/bb', tag: '1' })
  const owned = stack.move()
  return {
    kind: 'found',
    host,
    digest,
    layout: layout.dir,
    at,
    stop: async () => await registry[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function missing(reason: string): ServedBusybox {
  return { kind: 'missing', reason, [Symbol.asyncDispose]: async () => {} }
}
