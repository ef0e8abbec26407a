/** A value of a Compose file. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

/** Returns `values` without undefined ones, and without empty lists and maps, unless they are frozen: those say something. */
export function withoutEmpty(values: Readonly<Record<string, Plain | undefined>>): {
  readonly [key: string]: Plain
} {
  const kept: { [key: string]: Plain } = {}
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
    if (!isEmpty || Object.isFrozen(value)) kept[key] = value
  }
  return kept
}
