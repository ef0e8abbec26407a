import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What a path answers. */
export type Answer = string | Buffer | ((request: IncomingMessage, response: ServerResponse) => void)

/** A server of the machine's own address. */
export interface FileServer extends AsyncDisposable {
  readonly url: string
  /** Method and path of each request so far. */
  readonly requests: readonly string[]
}

/** Serves `answers` by their paths; what is not there is a 404. */
export async function serveFiles(answers: Readonly<Record<string, Answer>>): Promise<FileServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const answer = answers[request.url ?? '']
    if (typeof answer === 'function') answer(request, response)
    else if (answer !== undefined) response.end(answer)
    else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
