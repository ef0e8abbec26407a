import { type PlatformName, parsePlatform } from '../model/platform.ts'

/** What an image is made for, as in OCI descriptors. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant: string | undefined
}

/** Node's names of architectures, as platforms. */
const MACHINES: ReadonlyMap<string, string> = new Map([
  ['x64', 'linux/amd64'],
  ['arm64', 'linux/arm64'],
  ['arm', 'linux/arm/v7'],
  ['ia32', 'linux/386'],
  ['ppc64', 'linux/ppc64le'],
  ['s390x', 'linux/s390x'],
  ['riscv64', 'linux/riscv64'],
])

/** Returns the platform of a machine whose Node calls itself `nodeArchitecture`. */
export function machinePlatform(nodeArchitecture: string = process.arch): PlatformName {
  return parsePlatform(MACHINES.get(nodeArchitecture) ?? `linux/${nodeArchitecture}`)
}

/** Returns `wanted`, or undefined where it is what this machine takes if nothing is said. */
export function foreignPlatform(wanted: PlatformName | undefined): PlatformName | undefined {
  return wanted === undefined || wanted === 'linux' || wanted === machinePlatform() ? undefined : wanted
}

/** Takes a normal form apart that `platformName` put together. */
export function parsedPlatform(name: PlatformName): Platform {
  const [os = '', architecture = '', variant] = name.split('/')
  return { os, architecture, variant }
}

/** Returns the normal form of what an image says about itself, e.g. `linux/arm64`. */
export function platformName({ os, architecture, variant }: Platform): PlatformName {
  return parsePlatform([os, architecture, variant].filter(part => part !== undefined).join('/'))
}

/**
 * Returns how well `platform` suits one who wants `wanted`: 0 is best, undefined is not at all. A variant takes what is
 * made for older ones.
 */
export function platformRank(platform: Platform, wanted: PlatformName): number | undefined {
  const [os, architecture = '', variant] = wanted.split('/')
  if (platform.os !== os || platform.architecture !== architecture) return undefined
  const rank = variantsFor(architecture, variant).indexOf(platform.variant ?? '')
  return rank < 0 ? undefined : rank
}

/** The oldest variant of each architecture, and the one that goes without saying. */
const VARIANTS: ReadonlyMap<string, { readonly oldest: number; readonly unsaid: number }> = new Map([
  ['amd64', { oldest: 1, unsaid: 1 }],
  ['arm64', { oldest: 8, unsaid: 8 }],
  ['arm', { oldest: 5, unsaid: 7 }],
])

/** Returns the variants that run where `variant` is wanted, the best first; '' is an image that does not say. */
function variantsFor(architecture: string, variant: string | undefined): readonly string[] {
  const known = VARIANTS.get(architecture)
  const newest = variant === undefined ? known?.unsaid : Number(/^v(\d+)$/.exec(variant)?.[1])
  if (known === undefined || newest === undefined || !(newest >= known.oldest && newest < 100)) {
    return [variant ?? '', '']
  }
  const numbered = Array.from({ length: newest - known.oldest + 1 }, (_, index) => newest - index)
  const names = numbered.flatMap(number => (number === known.unsaid ? ['', `v${number}`] : [`v${number}`]))
  return names.includes('') ? names : [...names, '']
}
