/** A block of so little input may hold all that a hostile file expands to. */
const SLICE_BYTES = 4096
const MOST_WAITING_BYTES = 1024 ** 3

/**
 * Yields what is packed in `packed`, one bzip2 stream or several.
 *
 * @throws {SyntaxError} If it is damaged, or a few bytes of it expand to more than a GiB.
 */
export async function* bunzip2(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { default: unbzip2 } = await import('unbzip2-stream')
  const decoder = unbzip2()
  const ready: Buffer[] = []
  let waiting = 0
  let failure: unknown
  decoder.on('error', error => {
    failure ??= error
  })
  decoder.on('data', (block: Buffer) => {
    waiting += block.length
    if (waiting <= MOST_WAITING_BYTES) ready.push(block)
    else failure ??= new SyntaxError('its bzip2 data expands too much')
  })
  const take = () => {
    if (failure !== undefined) throw damaged(failure)
    waiting = 0
    return ready.splice(0)
  }
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      decoder.write(chunk.subarray(at, at + SLICE_BYTES))
      yield* take()
    }
  }
  decoder.end()
  yield* take()
}

function damaged(cause: unknown): SyntaxError {
  return cause instanceof SyntaxError ? cause : new SyntaxError('its bzip2 data is damaged', { cause })
}
