import { describe, expect, test } from 'vitest'
import { encodeRequests, NLM_F_CREATE, parseReplies } from '../../../src/linux/netlink/message.ts'

test('encodeRequests() numbers messages, asks for one acknowledgement and pads', () => {
  const requests = [
    { type: 16, flags: NLM_F_CREATE, payload: Buffer.of(1), purpose: '' },
    { type: 17, flags: 0, payload: Buffer.of(2, 3, 4, 5), purpose: '' },
  ]
  expect(encodeRequests(requests, 9, 1).toString('hex')).toBe(
    ['11000000', '1000', '0104', '09000000', '00000000', '01000000']
      .concat(['14000000', '1100', '0500', '0a000000', '00000000', '02030405'])
      .join(''),
  )
})

describe('parseReplies()', () => {
  const replies: ReadonlyArray<{ readonly what: string; readonly hex: string; readonly reply: object }> = [
    {
      what: 'an acknowledgement',
      hex: '24000000 0200 0000 05000000 00000000 00000000 14000000 1000 0500 05000000 00000000',
      reply: { kind: 'result', sequence: 5, errno: 0, message: undefined },
    },
    {
      what: 'a failure with the words of the kernel, the request left out',
      hex: '30000000 0200 0003 05000000 00000000 efffffff 14000000 1000 0500 05000000 00000000 08000100 4e6f2100 00000000',
      reply: { kind: 'result', sequence: 5, errno: 17, message: 'No!' },
    },
    {
      what: 'the end of a list',
      hex: '14000000 0300 0200 05000000 00000000 00000000',
      reply: { kind: 'done', sequence: 5, errno: 0, interrupted: false },
    },
    {
      what: 'the end of a list that changed meanwhile',
      hex: '14000000 0300 1200 05000000 00000000 00000000',
      reply: { kind: 'done', sequence: 5, errno: 0, interrupted: true },
    },
    {
      what: 'data',
      hex: '14000000 1000 0000 05000000 00000000 01020304',
      reply: { kind: 'data', sequence: 5, type: 16, payload: Buffer.of(1, 2, 3, 4), interrupted: false },
    },
  ]
  for (const { what, hex, reply } of replies) {
    test(`reads ${what}`, () => {
      expect(parseReplies(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual([reply])
    })
  }

  test('leaves a message out that is cut short', () => {
    expect(parseReplies(Buffer.from('14000000030002000500000000000000', 'hex'))).toEqual([])
  })
})
