import type { OciRuntimeKind } from '../../../runtime/launch/oci-runtime.ts'

/** What a program is, by what it writes about itself. */
export type RuntimeIdentity =
  | { readonly kind: 'runtime'; readonly runtime: OciRuntimeKind; readonly version: string }
  | { readonly kind: 'too-old'; readonly name: string; readonly version: string; readonly oldest: string }
  /** Kata Containers. */
  | { readonly kind: 'kata' }
  | { readonly kind: 'unknown' }

/**
 * The first versions of runc and crun in which they run a container without a control group of its own: `--rootless` with
 * groups that cannot be written, and `--cgroup-manager=disabled`. For runsc, the day of a release from which on it has
 * `--ignore-cgroups`.
 */
const OLDEST: Readonly<Record<OciRuntimeKind, string>> = { runc: '1.0.0', crun: '1.0', runsc: '20210101' }

/** Reads what a program writes when it is asked for its version. */
export function identifyRuntime(text: string): RuntimeIdentity {
  if (/^kata-runtime\b/m.test(text)) return { kind: 'kata' }
  const [, name, version = ''] = /^(runc|crun|runsc) version (\S+)/m.exec(text) ?? []
  switch (name) {
    case 'runc':
    case 'crun':
      return judge(name, version, version)
    case 'runsc':
      // `release-20230904.0`, or `0.0~20221219.0` as Debian has it; one that was built from source names no day.
      return judge(name, version, /20\d{6}/.exec(version)?.[0] ?? '99999999')
    default:
      return { kind: 'unknown' }
  }
}

function judge(runtime: OciRuntimeKind, version: string, comparable: string): RuntimeIdentity {
  const oldest = OLDEST[runtime]
  return isBefore(comparable, oldest)
    ? { kind: 'too-old', name: runtime, version, oldest }
    : { kind: 'runtime', runtime, version }
}

/** Compares the numbers of two versions, as far as both have them. */
export function isBefore(version: string, other: string): boolean {
  const numbers = (text: string) => (/^[\d.]+/.exec(text)?.[0] ?? '').split('.').map(Number)
  const [a, b] = [numbers(version), numbers(other)]
  const at = b.findIndex((number, index) => (a[index] ?? 0) !== number)
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0)
}
