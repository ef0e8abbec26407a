import type { RuntimeSpec } from './runtime-spec.ts'

/**
 * Returns the text of a bundle's `config.json`, or with a part of a spec that of such a part. Limits are 64-bit numbers,
 * which JSON can say and a number of JavaScript cannot hold.
 */
export function bundleConfig(spec: RuntimeSpec | RuntimeSpec['process']): string {
  const marked = JSON.stringify(spec, (_, value: unknown) =>
    typeof value === 'bigint' ? `${MARK}${value}` : value,
  )
  return marked.replaceAll(MARKED, '$1')
}

/** No text of a spec holds a NUL: neither an argument of a program nor a path can. JSON writes it as an escape. */
const MARK = '\0'
const MARKED = /"\\u0000(\d+)"/g
