import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/archive/content-source.ts'
import { parseDigest } from '../../src/base/digest.ts'
import { uploadBlob } from '../../src/registry/upload-blob.ts'
import { type Answer, askRegistry, type Call } from '../support/registry/scripted-registry.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TEXT = 'twenty bytes of text'
const DIGEST = sha256(Buffer.from(TEXT))
const MIB = 1024 * 1024
const PLACE = { location: '/v2/a/b/blobs/uploads/1' }
const OPENED: Answer = { status: 202, headers: PLACE }
const ABSENT: Answer = { status: 404 }
const DONE: Answer = { status: 201 }

interface Upload {
  readonly mountFrom?: string
  /** The blob is as many zeros instead, and has any digest. */
  readonly size?: number
}

/** Uploads a blob to a registry that says `answers` one by one; `calls` are method, place and range of each request. */
async function upload(answers: readonly Answer[], { mountFrom, size }: Upload = {}) {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  writeFileSync(file, TEXT)
  if (size !== undefined) truncateSync(file, size)
  const told: number[] = []
  const rest = [...answers]
  const bytes = size ?? TEXT.length
  const obtain = async () => ({ file, offset: 0, size: bytes })
  const blob = { digest: parseDigest(DIGEST), size: bytes, obtain }
  const purpose = { kind: 'push', reference: 'a/b:1' } as const
  const { result, calls, waits } = await askRegistry(
    () => rest.shift() ?? 'break',
    session => uploadBlob({ session, purpose, blob, mountFrom, onBytes: bytes => told.push(bytes) }),
  )
  return {
    result,
    calls: calls.map(brief),
    bodies: calls.map(({ body }) => body),
    told,
    waits,
    left: rest.length,
  }
}

function brief({ method, path, headers }: Call): string {
  const place = decodeURIComponent(path).replace(DIGEST, 'DIGEST').replace('blobs/', '')
  return [method, place, headers['content-range']].filter(part => part !== undefined).join(' ')
}

test('uploadBlob() sends nothing that the repository has', async () => {
  const { result, calls } = await upload([{ status: 200 }], { mountFrom: 'c/d' })
  expect([result, calls]).toEqual(['there', ['HEAD DIGEST']])
})

test('uploadBlob() has the registry take a blob over from another repository', async () => {
  const { result, calls } = await upload([ABSENT, DONE], { mountFrom: 'c/d' })
  expect([result, calls]).toEqual(['mounted', ['HEAD DIGEST', 'POST uploads/?mount=DIGEST&from=c/d']])
})

test('uploadBlob() uploads where the blob is not taken over, without opening another upload', async () => {
  const { result, calls, bodies, told } = await upload([ABSENT, OPENED, OPENED, DONE], { mountFrom: 'c/d' })
  expect(result).toBe('uploaded')
  expect(calls.slice(2)).toEqual(['PATCH uploads/1', 'PUT uploads/1?digest=DIGEST'])
  expect(String(bodies[2])).toBe(TEXT)
  expect(told).toEqual([0, 20, 20])
})

test('uploadBlob() opens an upload where it may not take over', async () => {
  const { result, calls } = await upload([ABSENT, { status: 403 }, OPENED, OPENED, DONE], {
    mountFrom: 'c/d',
  })
  expect(result).toBe('uploaded')
  expect(calls[2]).toBe('POST uploads/')
})

test('uploadBlob() follows the upload to where each answer says', async () => {
  const next: Answer = { status: 202, headers: { location: '/v2/a/b/blobs/uploads/2?state=x' } }
  const { calls } = await upload([ABSENT, OPENED, next, DONE])
  expect(calls.at(-1)).toBe('PUT uploads/2?state=x&digest=DIGEST')
})

test('uploadBlob() goes on behind what the registry has of a broken upload', async () => {
  const stands: Answer = { status: 204, headers: { ...PLACE, range: '0-6' } }
  const { result, calls, bodies, told, waits } = await upload([ABSENT, OPENED, 'break', stands, OPENED, DONE])
  expect(result).toBe('uploaded')
  expect(calls.slice(2)).toEqual([
    'PATCH uploads/1',
    'GET uploads/1',
    'PATCH uploads/1 7-19',
    'PUT uploads/1?digest=DIGEST',
  ])
  expect(String(bodies[4])).toBe('bytes of text')
  expect(told.slice(-3)).toEqual([7, 20, 20])
  expect(waits).toHaveLength(1)
})

test('uploadBlob() takes the place that the registry names when it says how far an upload is', async () => {
  const stands: Answer = { status: 204, headers: { location: '/v2/a/b/blobs/uploads/3', range: 'bytes=0-6' } }
  const { calls } = await upload([ABSENT, OPENED, 'break', stands, OPENED, DONE])
  expect(calls[4]).toBe('PATCH uploads/3 7-19')
})

for (const { what, stands } of [
  { what: 'knows no more of it', stands: { status: 404 } },
  { what: 'has one byte or none', stands: { status: 204, headers: { range: '0-0' } } },
  { what: 'has more than there is', stands: { status: 204, headers: { range: '0-20' } } },
  { what: 'does not say how far it is', stands: { status: 204 } },
  { what: 'refuses to say', stands: { status: 405, headers: { range: '0-6' } } },
] satisfies readonly { what: string; stands: Answer }[]) {
  test(`uploadBlob() begins again where the registry ${what}`, async () => {
    const { result, calls, told } = await upload([ABSENT, OPENED, 'break', stands, OPENED, OPENED, DONE])
    expect(result).toBe('uploaded')
    expect(calls.slice(3)).toEqual([
      'GET uploads/1',
      'POST uploads/',
      'PATCH uploads/1',
      'PUT uploads/1?digest=DIGEST',
    ])
    expect(told.slice(-4)).toEqual([0, 0, 20, 20])
  })
}

test('uploadBlob() opens another upload where the registry has lost it', async () => {
  const { result, calls } = await upload([ABSENT, OPENED, ABSENT, OPENED, OPENED, DONE])
  expect(result).toBe('uploaded')
  expect(calls.slice(2, 4)).toEqual(['PATCH uploads/1', 'POST uploads/'])
})

test('uploadBlob() asks how far an upload is that stands elsewhere', async () => {
  const stands: Answer = { status: 204, headers: { range: '0-6' } }
  const { calls } = await upload([ABSENT, OPENED, { status: 416 }, stands, OPENED, DONE])
  expect(calls.slice(2, 5)).toEqual(['PATCH uploads/1', 'GET uploads/1', 'PATCH uploads/1 7-19'])
})

test('uploadBlob() looks for the blob when only the end of the upload broke off', async () => {
  const { result, calls } = await upload([ABSENT, OPENED, OPENED, 'break', { status: 200 }])
  expect(result).toBe('uploaded')
  expect(calls.slice(-2)).toEqual(['PUT uploads/1?digest=DIGEST', 'HEAD DIGEST'])
})

test('uploadBlob() begins again where what it went on with is not the blob', async () => {
  const stands: Answer = { status: 204, headers: { range: '0-6' } }
  const wrong: Answer = { status: 400 }
  const again = [ABSENT, OPENED, OPENED, DONE]
  const { result, calls, left } = await upload([ABSENT, OPENED, 'break', stands, OPENED, wrong, ...again])
  expect([result, left]).toEqual(['uploaded', 0])
  expect(calls.slice(6)).toEqual([
    'HEAD DIGEST',
    'POST uploads/',
    'PATCH uploads/1',
    'PUT uploads/1?digest=DIGEST',
  ])
})

test('uploadBlob() gives up an upload that comes no further', async () => {
  const stands: Answer = { status: 204, headers: { range: '0-6' } }
  const stuck = Array.from({ length: 8 }, (): readonly Answer[] => ['break', stands]).flat()
  const { result, calls } = await upload([ABSENT, OPENED, ...stuck])
  expect(result).toMatchObject({ code: 'registry-unreachable' })
  // The first try got to byte 7, and none of the five behind it got further.
  expect(calls.filter(call => call.startsWith('PATCH'))).toHaveLength(6)
})

test('uploadBlob() does not give up an upload that comes further each time', async () => {
  const steps = Array.from({ length: 8 }, (_, index): readonly Answer[] => [
    'break',
    { status: 204, headers: { range: `0-${index + 1}` } },
  ]).flat()
  expect((await upload([ABSENT, OPENED, ...steps, OPENED, DONE])).result).toBe('uploaded')
})

test('uploadBlob() sends smaller parts through a proxy that refuses large ones', async () => {
  const refusal: Answer = { status: 413 }
  const parts = [refusal, refusal, OPENED, OPENED, OPENED, OPENED, DONE]
  const { result, calls, told } = await upload([ABSENT, OPENED, ...parts], { size: 5 * MIB })
  expect(result).toBe('uploaded')
  expect(calls.slice(2, -1)).toEqual([
    'PATCH uploads/1',
    'PATCH uploads/1 0-2621439',
    'PATCH uploads/1 0-1310719',
    'PATCH uploads/1 1310720-2621439',
    'PATCH uploads/1 2621440-3932159',
    'PATCH uploads/1 3932160-5242879',
  ])
  expect(Math.max(...told)).toBe(5 * MIB)
  expect(told.at(-1)).toBe(5 * MIB)
})

test('uploadBlob() sends no smaller parts than the registry takes', async () => {
  const least: Answer = { status: 202, headers: { ...PLACE, 'oci-chunk-min-length': String(2 * MIB) } }
  const { result, calls } = await upload([ABSENT, least, { status: 413 }, { status: 413 }], { size: 3 * MIB })
  expect(calls.slice(2)).toEqual(['PATCH uploads/1', `PATCH uploads/1 0-${2 * MIB - 1}`])
  expect(result).toMatchObject({
    code: 'image-push',
    message: expect.stringContaining('a server in between refuses a request of 2097152 bytes (413)'),
  })
})

test('uploadBlob() believes no registry that made another blob', async () => {
  const other: Answer = { status: 201, headers: { 'docker-content-digest': 'sha256:0' } }
  const { result } = await upload([ABSENT, OPENED, OPENED, other])
  expect(result).toMatchObject({
    message: expect.stringContaining(`the registry stored a blob as sha256:0, expected ${DIGEST}`),
  })
})

test('uploadBlob() fails where the registry does not say where to upload', async () => {
  const { result } = await upload([ABSENT, { status: 202 }])
  expect(result).toMatchObject({
    code: 'image-push',
    message: expect.stringContaining('redirects to "", expected an address'),
  })
})
