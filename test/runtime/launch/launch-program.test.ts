import { expect, test } from 'vitest'
import type { LaunchOp } from '../../../src/runtime/launch/launch-op.ts'
import { encodeProgram } from '../../../src/runtime/launch/launch-program.ts'

function encode(op: LaunchOp, optional = false): Buffer {
  return encodeProgram([{ op, optional, purpose: '', origin: undefined }])
}

test('encodeProgram() starts with magic, version and count', () => {
  expect(encode({ op: 'new-session' }).toString('hex')).toBe(
    '5443504d' + '01000000' + '01000000' + '2000' + '0000' + '00000000',
  )
})

const operations: readonly { readonly op: LaunchOp; readonly payload: string }[] = [
  { op: { op: 'chown', path: '/', uid: 1, gid: -1 }, payload: '020000002f00' + '01000000' + 'ffffffff' },
  {
    op: { op: 'make-target', target: 'a', directory: true, mode: 0o755 },
    payload: '020000006100' + '01000000' + 'ed010000',
  },
  { op: { op: 'set-groups', gids: [1, 2] }, payload: '02000000' + '01000000' + '02000000' },
  { op: { op: 'set-groups', gids: [] }, payload: '00000000' },
  { op: { op: 'limit-bounding-set', keep: 2n ** 63n }, payload: '0000000000000080' },
  {
    op: { op: 'set-mount-attributes', path: '/', attributes: 1 },
    payload: '020000002f00' + '0100000000000000',
  },
  { op: { op: 'seccomp', filter: Uint8Array.of(1, 2) }, payload: '02000000' + '0102' },
  {
    op: { op: 'exec', candidates: ['a'], argv: ['b', ''], environment: [] },
    payload: '01000000' + '020000006100' + '02000000' + '020000006200' + '0100000000' + '00000000',
  },
]
for (const { op, payload } of operations) {
  test(`encodeProgram() writes the fields of ${op.op} in order (${payload.length / 2} bytes)`, () => {
    expect(encode(op).subarray(20).toString('hex')).toBe(payload)
  })
}

test('encodeProgram() flags an optional operation', () => {
  expect(encode({ op: 'mask-path', path: '/' }, true).readUInt16LE(14)).toBe(1)
})
