import { ReadableStream } from 'node:stream/web'

/**
 * Yields what is packed in `packed`, one xz stream or several.
 *
 * @throws {SyntaxError} If it is damaged, or uses a filter or checksum that tar does not use by itself.
 */
export async function* unxz(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { default: xz } = await import('xz-decompress')
  const reader = new xz.XzReadableStream(webStreamOf(packed)).getReader()
  try {
    for (let next = await read(reader); next.done !== true; next = await read(reader)) {
      yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
  } finally {
    // What is not read any more may fail on the way.
    await reader.cancel().catch(() => {})
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function read(reader: Reader): ReturnType<Reader['read']> {
  try {
    return await reader.read()
  } catch (cause) {
    throw new SyntaxError('its xz data is damaged, or of a kind that is not supported', { cause })
  }
}

function webStreamOf(packed: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  return ReadableStream.from(packed)
}
