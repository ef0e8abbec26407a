/** What no stage is called, in lower case. */
export const RESERVED_STAGE_NAMES: ReadonlySet<string> = new Set(['context', 'scratch'])

/** Arguments that BuildKit has for FROM without ARG: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
export const PLATFORM_ARGUMENTS: readonly string[] = [
  ...['BUILDPLATFORM', 'BUILDOS', 'BUILDOSVERSION', 'BUILDARCH', 'BUILDVARIANT'],
  ...['TARGETPLATFORM', 'TARGETOS', 'TARGETOSVERSION', 'TARGETARCH', 'TARGETVARIANT', 'TARGETSTAGE'],
]

/** Arguments that are settings of the builder: ARG of them declares no variable. */
export const SCAN_ARGUMENTS: readonly string[] = ['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']

/** Values of `RUN --network`. */
export const RUN_NETWORKS = ['default', 'none', 'host'] as const

/** Values of `RUN --security`. */
export const RUN_SECURITIES = ['insecure', 'sandbox'] as const
