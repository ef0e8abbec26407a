import { imageInvalid } from './image-errors.ts'

/** Runs `read`, and names the image in what it throws. */
export function withReference<T>(reference: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw asImageError(reference, error)
  }
}

/** Returns a `SyntaxError` of what an image holds as `image-invalid` of `reference`, and any other error as it is. */
export function asImageError(reference: string, error: unknown): unknown {
  return error instanceof SyntaxError ? imageInvalid(reference, error.message, error) : error
}
