import { expect, test } from 'vitest'
import { HttpClient, type HttpRequest } from '../../src/registry/http-client.ts'
import { registryEndpoint } from '../../src/registry/registry-endpoint.ts'
import { type Answer, askRegistry } from '../support/registry/scripted-registry.ts'

interface Sending extends Omit<HttpRequest, 'url' | 'headers'> {
  readonly headers?: HttpRequest['headers']
  readonly signal?: AbortSignal
  /** Bytes of the body that are taken. */
  readonly limit?: number
}

/** Sends a request to a server that answers as `answer` says. */
async function send(answer: Answer, { headers = {}, signal, limit = 100, ...rest }: Sending = {}) {
  return await askRegistry(
    () => answer,
    async (_session, host) => {
      const endpoint = registryEndpoint(host, new Map())
      await using client = new HttpClient({ endpoint, environment: {}, signal })
      const reply = await client.send({ url: new URL(`http://${host}/v2/a/b/x`), headers, ...rest })
      const bytes = await reply.bytes(limit)
      return { status: reply.status, text: bytes === undefined ? undefined : String(bytes) }
    },
  )
}

test('HttpClient.send() asks by GET, by POST with a body, and as it is told', async () => {
  const fields = new URLSearchParams({ a: 'b c' })
  const plain = await send({ status: 200 })
  const form = await send({ status: 200 }, { body: { kind: 'form', fields } })
  const put = await send({ status: 200 }, { method: 'PUT', body: { kind: 'form', fields } })
  expect([plain, form, put].map(({ calls }) => calls[0]?.method)).toEqual(['GET', 'POST', 'PUT'])
  expect(String(form.calls[0]?.body)).toBe('a=b+c')
  expect(form.calls[0]?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'tcompose',
    'accept-encoding': 'identity',
  })
})

test('HttpClient.send() lets a request say more than the client does', async () => {
  const { calls } = await send(
    { status: 200 },
    {
      headers: { 'content-type': 'text/own' },
      body: { kind: 'bytes', type: 'text/x', bytes: Buffer.from('y') },
    },
  )
  expect([calls[0]?.headers['content-type'], String(calls[0]?.body)]).toEqual(['text/own', 'y'])
})

for (const { limit, text } of [
  { limit: 5, text: 'hello' },
  { limit: 4, text: undefined },
]) {
  test(`HttpReply.bytes() gives ${text ?? 'nothing'} of 5 bytes where ${limit} are taken`, async () => {
    expect((await send({ status: 418, body: 'hello' }, { limit })).result).toEqual({ status: 418, text })
  })
}

test('HttpClient.send() ends with its signal', async () => {
  const { result, calls } = await send({ status: 200 }, { signal: AbortSignal.abort() })
  expect(result).toMatchObject({ name: 'AbortError' })
  expect(calls).toEqual([])
})
