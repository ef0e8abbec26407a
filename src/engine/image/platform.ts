/** What an image is made for, as in OCI descriptors. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant: string | undefined
}

const ARCHITECTURES: ReadonlyMap<
  string,
  { readonly architecture: string; readonly variants: readonly string[] }
> = new Map([
  ['x64', { architecture: 'amd64', variants: ['', 'v1'] }],
  ['arm64', { architecture: 'arm64', variants: ['', 'v8'] }],
  ['arm', { architecture: 'arm', variants: ['v7', 'v6', 'v5', ''] }],
  ['ia32', { architecture: '386', variants: [''] }],
  ['ppc64', { architecture: 'ppc64le', variants: [''] }],
  ['s390x', { architecture: 's390x', variants: [''] }],
  ['riscv64', { architecture: 'riscv64', variants: [''] }],
])

/**
 * Returns how well `platform` suits a machine whose Node calls itself `nodeArchitecture`: 0 is best, undefined is
 * not at all.
 */
export function platformRank(platform: Platform, nodeArchitecture: string): number | undefined {
  const machine = ARCHITECTURES.get(nodeArchitecture)
  if (machine === undefined || platform.os !== 'linux' || platform.architecture !== machine.architecture) {
    return undefined
  }
  const rank = machine.variants.indexOf(platform.variant ?? '')
  return rank < 0 ? undefined : rank
}
