import type { Brand } from '../base/brand.ts'

/**
 * What an image is made for, in normal form: `linux/amd64`, `linux/arm/v7`. `linux` alone leaves the architecture to
 * the machine.
 */
export type PlatformName = Brand<string, 'PlatformName'>

/** Other names of architectures, with the variant that they mean. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['i386', '386'],
  ['i486', '386'],
  ['i586', '386'],
  ['i686', '386'],
  ['aarch64', 'arm64'],
  ['armhf', 'arm/v7'],
  ['armel', 'arm/v6'],
])

const PART = /^[a-z0-9_.-]+$/
const SYSTEMS: ReadonlySet<string> = new Set(['linux', 'windows', 'darwin', 'freebsd', 'wasi', 'wasip1'])

/**
 * Reads `os[/architecture[/variant]]` or an architecture alone, which is Linux's, as containerd does: names that mean
 * the same become one.
 *
 * @throws {SyntaxError} If `text` is no platform.
 */
export function parsePlatform(text: string): PlatformName {
  const parts = text.toLowerCase().split('/')
  const [first = '', second, third] = parts
  if (parts.length > 3 || !parts.every(part => PART.test(part))) {
    throw new SyntaxError(`Cannot parse platform "${text}": expected os[/architecture[/variant]]`)
  }
  if (second === undefined) {
    const name = SYSTEMS.has(first) ? first : `linux/${withoutDefault(ALIASES.get(first) ?? first)}`
    return name as PlatformName
  }
  const architecture = third === undefined ? (ALIASES.get(second) ?? second) : `${second}/${third}`
  return `${first}/${withoutDefault(architecture)}` as PlatformName
}

/** The oldest variant of an architecture goes without saying, but for arm's, which is v7. */
function withoutDefault(architecture: string): string {
  const [name = '', variant] = architecture.split('/')
  const known = ALIASES.get(name) ?? name
  const number = variant?.replace(/^v?(?=\d)/, 'v')
  if (known === 'arm') return `arm/${number ?? 'v7'}`
  const isDefault = (known === 'arm64' && number === 'v8') || (known === 'amd64' && number === 'v1')
  return number === undefined || isDefault ? known : `${known}/${number}`
}
