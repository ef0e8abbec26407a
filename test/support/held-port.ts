import { once } from 'node:events'
import { createServer } from 'node:net'

/** Listens on a free TCP port of `host` in this process, until it is disposed of. */
export async function holdPort(host: string): Promise<Disposable & { readonly port: number }> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, [Symbol.dispose]: () => void server.close() }
}
