const NAMES: readonly string[] = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']

/** Tells whether an argument is given to every RUN without an ARG, and counts for nothing. */
export function isProxyArgument(name: string): boolean {
  return NAMES.includes(name.toUpperCase())
}

/**
 * Returns the `NAME=value` lines of the predefined proxy arguments among `args`, in capitals and in small letters. They
 * hide variables of the same name.
 */
export function proxyEnvironment(args: ReadonlyMap<string, string>): readonly string[] {
  const given = [...args].filter(([name]) => isProxyArgument(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const values = new Map(given.map(([name, value]) => [name.toUpperCase(), value]))
  return NAMES.flatMap(name => {
    const value = values.get(name) ?? ''
    return value === '' ? [] : [`${name}=${value}`, `${name.toLowerCase()}=${value}`]
  })
}
