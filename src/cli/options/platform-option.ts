import { InvalidArgumentError, Option } from 'commander'
import { type PlatformName, parsePlatform } from '../../app/index.ts'

/** The values of a command with `platformOption`. */
export interface PlatformValues {
  readonly platform?: PlatformName
}

/** Returns the option `--platform`, which says what an image is made for, e.g. `linux/arm64`. */
export function platformOption(): Option {
  return new Option(
    '--platform <platform>',
    'Use the image of this platform, os[/architecture[/variant]]',
  ).argParser(readPlatform)
}

function readPlatform(text: string): PlatformName {
  try {
    return parsePlatform(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidArgumentError(error.message)
    throw error
  }
}
