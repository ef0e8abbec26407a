/** The least speed of a body that is worth waiting for, as an average over some time. */
export interface SpeedFloor {
  readonly bytesPerSecond: number
  readonly overMs: number
}

/** What a connection gives that a user would sit through. */
export const SPEED_FLOOR: SpeedFloor = { bytesPerSecond: 1024, overMs: 60_000 }

/** A body that comes, but so slowly that a new connection is worth trying. */
export class SlowBodyError extends Error {
  readonly code = 'TCOMPOSE_SLOW_BODY'

  constructor({ bytesPerSecond, overMs }: SpeedFloor) {
    super(`it sends less than ${bytesPerSecond} bytes a second, for ${overMs / 1000} s`)
  }
}

/**
 * Yields the chunks of `body` as long as they come fast enough. One that gives nothing at all is the client's matter,
 * which has a bound for silence.
 *
 * @throws {SlowBodyError}
 */
export async function* noSlowerThan(
  floor: SpeedFloor,
  body: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let since = performance.now()
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    const ms = performance.now() - since
    if (ms >= floor.overMs) {
      if (bytes < (floor.bytesPerSecond * ms) / 1000) throw new SlowBodyError(floor)
      since = performance.now()
      bytes = 0
    }
    yield chunk
  }
}
