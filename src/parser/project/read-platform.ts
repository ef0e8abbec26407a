import { type PlatformName, parsePlatform } from '../../model/platform.ts'

/** Reads a platform; undefined for none, and for what is none but was allowed as unsupported. */
export function readPlatform(text: string): PlatformName | undefined {
  try {
    return text === '' ? undefined : parsePlatform(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
