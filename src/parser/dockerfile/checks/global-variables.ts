import type { Dockerfile } from '../../../model/dockerfile.ts'

/** Arguments that BuildKit has for FROM without ARG: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
export const PLATFORM_ARGS: readonly string[] = [
  ...['BUILDPLATFORM', 'BUILDOS', 'BUILDOSVERSION', 'BUILDARCH', 'BUILDVARIANT'],
  ...['TARGETPLATFORM', 'TARGETOS', 'TARGETOSVERSION', 'TARGETARCH', 'TARGETVARIANT', 'TARGETSTAGE'],
]

/** Returns the names that FROM can use. */
export function globalNames({ globalArgs }: Dockerfile): readonly string[] {
  return [...globalArgs.flatMap(({ args }) => args.map(({ name }) => name)), ...PLATFORM_ARGS]
}
