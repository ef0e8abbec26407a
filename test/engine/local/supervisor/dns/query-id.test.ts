import { encode } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isReplyTo, withId } from '../../../../../src/engine/local/supervisor/dns/query-id.ts'

const questions = [{ type: 'A', name: 'Example.org' }] as const
const query = encode({ type: 'query', id: 7, flags: 0x100, questions: [...questions] })
const response = (name: string, type: 'A' | 'AAAA' = 'A') =>
  encode({ type: 'response', id: 7, questions: [{ type, name }] })
const withoutQuestion = (code: number) => {
  const packet = Buffer.from(query.subarray(0, 12))
  packet.writeUInt16BE(0x8000 | code, 2)
  packet.writeUInt16BE(0, 4)
  return packet
}

describe('isReplyTo() takes', () => {
  for (const { what, reply, taken } of [
    { what: 'a response to the question', reply: response('Example.org'), taken: true },
    { what: 'one in another case', reply: response('eXAMPLE.ORG'), taken: true },
    { what: 'one about another name', reply: response('example.net'), taken: false },
    { what: 'one about another type', reply: response('Example.org', 'AAAA'), taken: false },
    { what: 'one with another id', reply: withId(response('Example.org'), 8), taken: false },
    { what: 'the query itself', reply: query, taken: false },
    { what: 'a failure without the question', reply: withoutQuestion(5), taken: true },
    { what: 'a success without the question', reply: withoutQuestion(0), taken: false },
    { what: 'half a header', reply: query.subarray(0, 5), taken: false },
  ]) {
    test(`${what}: ${taken}`, () => expect(isReplyTo(query, reply)).toBe(taken))
  }
  test('no bytes of anybody else, and throws for none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        const reply = Buffer.from(bytes)
        if (reply.length >= 12) reply.writeUInt16BE(7, 0)
        const isTaken = isReplyTo(query, reply)
        if (isTaken && reply.readUInt16BE(4) > 0)
          expect(reply.toString('latin1', 12, query.length).toLowerCase()).toContain('example')
      }),
      { numRuns: 2000 },
    )
  })
})
