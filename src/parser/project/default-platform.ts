import type { Diagnostic } from '../../base/diagnostic.ts'
import { type PlatformName, parsePlatform } from '../../model/platform.ts'

const VARIABLE = 'DOCKER_DEFAULT_PLATFORM'

/** Returns the platform of images whose service names none, which `checkDefaultPlatform` found good. */
export function defaultPlatform(variables: ReadonlyMap<string, string>): PlatformName | undefined {
  const text = variables.get(VARIABLE)
  return text === undefined || text === '' ? undefined : parsePlatform(text)
}

/** DOCKER_DEFAULT_PLATFORM is a platform of Linux. */
export function checkDefaultPlatform(variables: ReadonlyMap<string, string>): readonly Diagnostic[] {
  try {
    if (defaultPlatform(variables)?.startsWith('linux') !== false) return []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return [
    {
      severity: 'error',
      code: 'bad-value',
      message: `Cannot use ${VARIABLE} "${variables.get(VARIABLE)}": expected a Linux platform, such as "linux/arm64"`,
      hint: `Correct the variable, or unset it`,
    },
  ]
}
