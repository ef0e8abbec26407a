import { expect, test } from 'vitest'
import { readExplanation } from '../../src/registry/explanation.ts'
import type { HttpReply } from '../../src/registry/http-client.ts'

function refusal(bytes: HttpReply['bytes']): HttpReply {
  const unused = () => Promise.reject(new Error('Cannot use this: the test gives none'))
  return {
    url: new URL('http://127.0.0.1/v2/'),
    status: 403,
    header: () => undefined,
    headers: () => [],
    body: (async function* () {})(),
    bytes,
    discard: unused,
  }
}

test('readExplanation() reads a bounded part of a refusal', async () => {
  const limits: number[] = []
  const reply = refusal(async limit => {
    limits.push(limit)
    return undefined
  })
  expect(await readExplanation(reply)).toEqual({ code: undefined, text: '' })
  expect(limits).toEqual([64 * 1024])
})

test('readExplanation() shows 200 characters of a message', async () => {
  const message = 'x'.repeat(10_000)
  const reply = refusal(async () => Buffer.from(JSON.stringify({ errors: [{ code: 'DENIED', message }] })))
  expect(await readExplanation(reply)).toEqual({ code: 'DENIED', text: ` ("${'x'.repeat(200)}")` })
})
