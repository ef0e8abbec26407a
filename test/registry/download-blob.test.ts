import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/archive/content-source.ts'
import { parseDigest } from '../../src/base/digest.ts'
import { Semaphore } from '../../src/base/semaphore.ts'
import { downloadBlob } from '../../src/registry/download-blob.ts'
import { registryEndpoint } from '../../src/registry/registry-endpoint.ts'
import { RegistrySession } from '../../src/registry/registry-session.ts'
import { type Answer, askRegistry } from '../support/registry/scripted-registry.ts'
import { close, listen } from '../support/registry/token-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BLOB = Buffer.from('a blob that comes byte by byte, and slowly at that')
const FLOOR = { bytesPerSecond: 1000, overMs: 60 }

interface Given {
  /** @default BLOB */
  readonly blob?: Buffer
  /** Connections beside the first that may be used at once. @default none, and no parts */
  readonly spares?: number
  /** @default further connections are used however fast the first is */
  readonly waitingShare?: number
}

/** Downloads a blob from a server that answers as `listener` says. */
async function download(
  file: string,
  listener: RequestListener,
  { blob = BLOB, spares, waitingShare = 0 }: Given = {},
): Promise<void> {
  const server = createServer(listener)
  const port = await listen(server)
  await using _closed = { [Symbol.asyncDispose]: () => close(server) }
  const wait = async () => {}
  await using session = new RegistrySession({
    endpoint: registryEndpoint(`127.0.0.1:${port}`, new Map()),
    repository: 'a',
    purpose: { kind: 'pull', reference: 'a' },
    environment: {},
    wait,
    signal: undefined,
    floor: FLOOR,
  })
  const digest = parseDigest(sha256(blob))
  const slots = spares === undefined ? undefined : new Semaphore(spares)
  await downloadBlob({
    ...{ session, reference: 'a', digest, size: blob.length, file, onBytes: () => {}, wait },
    ...(slots && { spare: () => slots.tryTake(), waitingShare }),
    signal: undefined,
  })
}

/** Sends a byte each 20 ms until the client goes. */
const drip: RequestListener = (_, reply) => {
  reply.writeHead(200, { 'content-length': BLOB.length })
  let sent = 0
  const timer = setInterval(() => {
    reply.write(BLOB.subarray(sent, sent + 1))
    sent += 1
  }, 20)
  reply.on('close', () => clearInterval(timer))
}

test('downloadBlob() leaves a connection that drips, and goes on at the byte where it was', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  const ranges: (string | undefined)[] = []
  await download(file, (request, reply) => {
    const { range } = request.headers
    ranges.push(range)
    if (range === undefined) return drip(request, reply)
    const from = Number(/^bytes=(\d+)-$/.exec(range)?.[1])
    reply
      .writeHead(206, { 'content-range': `bytes ${from}-${BLOB.length - 1}/${BLOB.length}` })
      .end(BLOB.subarray(from))
  })
  expect(readFileSync(file)).toEqual(BLOB)
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]/)])
})

test('downloadBlob() gives up a registry that does nothing but drip', async () => {
  using folder = temporaryFolder()
  let asked = 0
  const dripping = download(join(folder.path, 'blob'), (request, reply) => {
    asked += 1
    drip(request, reply)
  })
  await expect(dripping).rejects.toMatchObject({
    code: 'registry-unreachable',
    message: expect.stringContaining('answers too slowly: it sends less than 1000 bytes a second'),
  })
  expect(asked).toBe(5)
})

const TEXT = 'x'.repeat(40 * 1024)
const SIZE = TEXT.length

/** Downloads 40 KiB to a file that holds `present`, from a registry that says `answers` one by one. */
async function fetchText(
  present: string,
  answers: readonly Answer[],
  digest: string = sha256(Buffer.from(TEXT)),
) {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  writeFileSync(file, present)
  const rest = [...answers]
  const told: number[] = []
  const waits: number[] = []
  const { result, calls } = await askRegistry(
    () => rest.shift() ?? 'break',
    session =>
      downloadBlob({
        ...{ session, reference: 'a/b:1', digest: parseDigest(digest), size: SIZE, file, signal: undefined },
        onBytes: bytes => told.push(bytes),
        wait: async ms => void waits.push(ms),
      }),
    { kind: 'pull', reference: 'a/b:1' },
  )
  const text = readFileSync(file, 'utf8')
  return {
    result,
    isWhole: text === TEXT,
    text,
    told,
    waits,
    ranges: calls.map(({ headers }) => headers.range),
  }
}

const WHOLE: Answer = { status: 200, body: TEXT }

/** Gives the bytes from `from` on, up to `to` where that is before the end. */
function part(from: number, to = SIZE): Answer {
  const headers = {
    'content-range': `bytes ${from}-${SIZE - 1}/${SIZE}`,
    'content-length': String(SIZE - from),
  }
  return { status: from === 0 ? 200 : 206, headers, body: TEXT.slice(from, to), isCut: to < SIZE }
}

test('downloadBlob() asks for nothing where all of the blob is there', async () => {
  const { result, ranges, told } = await fetchText(TEXT, [])
  expect([result, ranges, told]).toEqual([undefined, [], [SIZE]])
})

test('downloadBlob() goes on from the first byte that is not there', async () => {
  const { result, isWhole, ranges, told } = await fetchText('x', [part(1)])
  expect([result, isWhole, ranges]).toEqual([undefined, true, ['bytes=1-']])
  expect([told[0], told.at(-1)]).toEqual([1, SIZE])
})

for (const { what, answers } of [
  { what: 'ignores the range', answers: [WHOLE] },
  {
    what: 'gives another range',
    answers: [{ status: 206, headers: { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }, body: TEXT }],
  },
  { what: 'knows no such range', answers: [{ status: 416 }, WHOLE] },
] satisfies readonly { what: string; answers: readonly Answer[] }[]) {
  test(`downloadBlob() begins again where the registry ${what}`, async () => {
    const { result, isWhole, ranges, told } = await fetchText('yyy', answers)
    expect([result, isWhole]).toEqual([undefined, true])
    expect(ranges).toEqual(answers.length === 1 ? ['bytes=3-'] : ['bytes=3-', undefined])
    expect(told.slice(0, 2)).toEqual([3, 0])
  })
}

test('downloadBlob() throws away a file that is larger than the blob', async () => {
  const { isWhole, ranges } = await fetchText(`${TEXT}x`, [WHOLE])
  expect([isWhole, ranges]).toEqual([true, [undefined]])
})

test('downloadBlob() gets a blob once more that came damaged, and not twice', async () => {
  const damaged = { status: 200, body: 'y'.repeat(SIZE) }
  expect(await fetchText('', [damaged, WHOLE])).toMatchObject({ result: undefined, isWhole: true })
  const twice = await fetchText('', [damaged, damaged, WHOLE])
  expect(twice.result).toMatchObject({
    code: 'image-pull',
    message: expect.stringContaining(`a blob has the digest ${sha256(Buffer.from(damaged.body))}, expected `),
  })
  expect(twice.text).toBe('')
})

test('downloadBlob() says so where the registry lacks the blob', async () => {
  const { result } = await fetchText('', [{ status: 404 }])
  expect(result).toMatchObject({
    code: 'image-pull',
    message: expect.stringContaining('does not have the blob sha256:'),
  })
})

test('downloadBlob() takes no 416 where it asked for no range', async () => {
  const { result } = await fetchText('', [{ status: 416 }])
  expect(result).toMatchObject({
    message: expect.stringContaining('answers 416 although no range was requested'),
  })
})

test('downloadBlob() takes no more bytes than the blob has', async () => {
  const { result } = await fetchText('', [
    { status: 200, headers: { 'content-length': String(SIZE + 1) }, body: `${TEXT}x` },
  ])
  expect(result).toMatchObject({
    message: expect.stringMatching(/announces 40961 bytes of blob sha256:\w+, expected 40960$/),
  })
  const chunked = { status: 200, headers: { 'transfer-encoding': 'chunked' }, body: `${TEXT}x` }
  expect((await fetchText('', [chunked])).result).toMatchObject({
    message: expect.stringMatching(/more than 40960 bytes arrived for blob sha256:\w+$/),
  })
})

test('downloadBlob() gives up a registry whose connections bring next to nothing any more', async () => {
  const drops = Array.from({ length: 8 }, (_, index) => part(20_000 + index, 20_001 + index))
  const { result, ranges, text, waits } = await fetchText('', [part(0, 20_000), ...drops])
  expect(result).toMatchObject({ code: 'registry-unreachable' })
  expect(text).toHaveLength(20_005)
  expect(ranges).toEqual([undefined, ...Array.from({ length: 5 }, (_, index) => `bytes=${20_000 + index}-`)])
  // The first has brought enough that nobody waits behind it.
  expect(waits).toHaveLength(4)
})

test('downloadBlob() goes on with connections that break, as long as each brings something', async () => {
  const steps = [0, 17_000, 34_000].map(from => part(from, Math.min(from + 17_000, SIZE)))
  expect(await fetchText('', steps)).toMatchObject({ result: undefined, isWhole: true, waits: [] })
})

test('downloadBlob() asks for what is missing of a body that is short', async () => {
  const short = { status: 200, headers: { 'transfer-encoding': 'chunked' }, body: TEXT.slice(0, 10) }
  const { isWhole, ranges, waits } = await fetchText('', [short, part(10)])
  expect([isWhole, ranges, waits.length]).toEqual([true, [undefined, 'bytes=10-'], 1])
})

/** Larger than what comes as one. */
const LARGE = randomBytes(40 * 1024 * 1024 + 5)
const MIB = 1024 * 1024

/** Answers a request for a range with it, as RFC 9110 has it, under the name `etag`. */
function givePart(
  request: IncomingMessage,
  reply: ServerResponse,
  { etag = '"one"', bytes = LARGE } = {},
): void {
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const condition = request.headers['if-range']
  if (first === '' || (condition !== undefined && condition !== etag)) {
    reply.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes)
    return
  }
  const end = last === '' ? bytes.length : Number(last) + 1
  const body = bytes.subarray(Number(first), end)
  const range = `bytes ${first}-${end - 1}/${bytes.length}`
  reply.writeHead(206, { etag, 'content-range': range, 'content-length': body.length }).end(body)
}

test('downloadBlob() gets a large blob in parts, as many at once as there are connections', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  const ranges: (string | undefined)[] = []
  let [open, most] = [0, 0]
  const third = Promise.withResolvers<void>()
  const listener: RequestListener = async (request, reply) => {
    ranges.push(request.headers.range)
    open += 1
    most = Math.max(most, open)
    reply.on('close', () => {
      open -= 1
    })
    if (ranges.length === 3) third.resolve()
    if (ranges.length === 2) await third.promise
    givePart(request, reply)
  }
  await download(file, listener, { blob: LARGE, spares: 2 })
  expect(readFileSync(file).equals(LARGE)).toBe(true)
  expect(ranges[0]).toBe(`bytes=0-${4 * MIB - 1}`)
  expect([2, 3]).toContain(most)
})

test.each([
  { what: 'there is no further connection', given: { spares: 0 } },
  { what: 'one is faster than its bytes are used', given: { spares: 3, waitingShare: 2 } },
])('downloadBlob() asks for a long part behind the first where $what', async ({ given }) => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  const ranges: (string | undefined)[] = []
  let [open, most] = [0, 0]
  const listener: RequestListener = (request, reply) => {
    ranges.push(request.headers.range)
    open += 1
    most = Math.max(most, open)
    reply.on('finish', () => {
      open -= 1
    })
    givePart(request, reply)
  }
  await download(file, listener, { blob: LARGE, ...given })
  expect(readFileSync(file).equals(LARGE)).toBe(true)
  expect(ranges.slice(0, 2)).toEqual([`bytes=0-${4 * MIB - 1}`, `bytes=${4 * MIB}-${LARGE.length - 1}`])
  expect(most).toBe(1)
})

test('downloadBlob() takes the whole blob from a server that knows no ranges', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  let asked = 0
  const listener: RequestListener = (_, reply) => {
    asked += 1
    reply.writeHead(200, { 'content-length': LARGE.length }).end(LARGE)
  }
  await download(file, listener, { blob: LARGE, spares: 3 })
  expect(readFileSync(file).equals(LARGE)).toBe(true)
  expect(asked).toBe(1)
})

test('downloadBlob() gets a blob anew that changed between two parts', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  let asked = 0
  const listener: RequestListener = (request, reply) => {
    asked += 1
    const isFirst = asked === 1
    const other = Buffer.alloc(LARGE.length)
    givePart(request, reply, isFirst ? { etag: '"old"', bytes: other } : {})
  }
  await download(file, listener, { blob: LARGE, spares: 3 })
  expect(readFileSync(file).equals(LARGE)).toBe(true)
})

test.each([
  { what: 'is short', spoil: (part: Buffer) => part.subarray(0, part.length - 7) },
  { what: 'is nothing', spoil: () => Buffer.alloc(0) },
])('downloadBlob() goes on where a part $what', async ({ spoil }) => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  let asked = 0
  const listener: RequestListener = (request, reply) => {
    asked += 1
    if (asked !== 2) return givePart(request, reply)
    const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    reply.writeHead(206, { 'content-range': `bytes ${first}-${last}/${LARGE.length}` })
    reply.end(spoil(LARGE.subarray(Number(first), Number(last) + 1)))
  }
  await download(file, listener, { blob: LARGE, spares: 1 })
  expect(readFileSync(file).equals(LARGE)).toBe(true)
})

test('downloadBlob() asks for no parts any more where one breaks off', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  const ranges: string[] = []
  const listener: RequestListener = (request, reply) => {
    const { range = '' } = request.headers
    ranges.push(range)
    if (/-\d+$/.test(range) && !range.startsWith('bytes=0-')) reply.destroy()
    else givePart(request, reply)
  }
  await download(file, listener, { blob: LARGE, spares: 1 })
  expect(readFileSync(file).equals(LARGE)).toBe(true)
  expect(ranges).toContain(`bytes=${4 * MIB}-`)
})
