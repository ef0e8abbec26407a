import type { Dockerfile } from '../../../model/dockerfile.ts'
import { PLATFORM_ARGUMENTS } from '../../../model/dockerfile-names.ts'

/** Returns the names that FROM can use. */
export function globalNames({ globalArgs }: Dockerfile): readonly string[] {
  return [...globalArgs.flatMap(({ args }) => args.map(({ name }) => name)), ...PLATFORM_ARGUMENTS]
}
