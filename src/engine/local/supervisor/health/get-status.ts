import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Bytes of an answer that are shown. */
const SHOWN_BYTES = 200

/**
 * Makes a GET request on `socket`, which is connected, and returns the status of the answer, e.g. `200 OK`. Rejects for one
 * that is not from 200 to 399, with the start of the answer.
 */
export async function getStatus(
  socket: Socket,
  { port, path }: { readonly port: number; readonly path: string },
  signal: AbortSignal,
): Promise<string> {
  const { request } = process.getBuiltinModule('node:http')
  const sent: ClientRequest = request({
    ...{ path, signal, createConnection: () => socket },
    headers: { host: `localhost:${port}`, connection: 'close', 'user-agent': 'tcompose' },
  })
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error('there is no answer')
  const { statusCode = 0, statusMessage = '' } = response
  const status = `${statusCode} ${statusMessage}`.trim()
  if (statusCode >= 200 && statusCode < 400) {
    response.destroy()
    return status
  }
  const text = await startOf(response)
  throw new Error(text === '' ? status : `${status}: ${text}`)
}

async function startOf(response: IncomingMessage): Promise<string> {
  for await (const chunk of response) {
    const [line = ''] = Buffer.from(chunk).toString('utf8', 0, SHOWN_BYTES).trim().split('\n')
    return line.trim()
  }
  return ''
}
