import { createServer, type IncomingHttpHeaders } from 'node:http'
import { registryEndpoint } from '../../../src/registry/registry-endpoint.ts'
import type { RegistryPurpose } from '../../../src/registry/registry-purpose.ts'
import { RegistrySession } from '../../../src/registry/registry-session.ts'
import { close, listen } from './token-server.ts'

/** A request that a registry got. */
export interface Call {
  readonly method: string
  /** Behind `/v2/a/b/`, with the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What a registry says to it; `break` ends the connection. */
export type Answer =
  | 'break'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Buffer
      /** Ends the connection behind the body, of which more was announced. */
      readonly isCut?: boolean
    }

/** What came of asking a registry. */
export interface Asked<T> {
  /** What `ask` gave, or failed with. */
  readonly result: T | Error
  readonly calls: readonly Call[]
  /** Milliseconds of each wait before another try. */
  readonly waits: readonly number[]
}

/** Has `ask` talk about the repository `a/b` to a registry that answers as `answer` says. Waits take no time. */
export async function askRegistry<T>(
  answer: (call: Call) => Answer,
  ask: (session: RegistrySession, host: string) => Promise<T>,
  purpose: RegistryPurpose = { kind: 'push', reference: 'a/b:1' },
): Promise<Asked<T>> {
  const calls: Call[] = []
  const waits: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const [method = '', path = ''] = [request.method, request.url?.replace('/v2/a/b/', '')]
    const call = { method, path, headers: request.headers, body: Buffer.concat(chunks) }
    calls.push(call)
    const said = answer(call)
    if (said === 'break') return void response.destroy()
    response.writeHead(said.status, said.headers)
    if (said.isCut === true) response.write(said.body ?? '', () => response.destroy())
    else response.end(method === 'HEAD' ? undefined : said.body)
  })
  const port = await listen(server)
  await using _closed = { [Symbol.asyncDispose]: () => close(server) }
  await using session = new RegistrySession({
    endpoint: registryEndpoint(`127.0.0.1:${port}`, new Map()),
    repository: 'a/b',
    purpose,
    environment: {},
    wait: async ms => void waits.push(ms),
    signal: undefined,
  })
  const result = await ask(session, `127.0.0.1:${port}`).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  )
  return { result, calls, waits }
}
