/** The keys and list positions that lead to a value. */
export type DocumentPath = readonly (string | number)[]

const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['services', 'service'],
  ['networks', 'network'],
  ['volumes', 'volume'],
  ['secrets', 'secret'],
  ['configs', 'config'],
  ['models', 'model'],
])

/** Returns e.g. `service "web"`, `"healthcheck.test" of service "web"`, `"name"` or `the top level`. */
export function describePath(path: DocumentPath): string {
  const [section, name, ...rest] = path
  if (section === undefined) return 'the top level'
  const element = ELEMENTS.get(String(section))
  if (element === undefined || name === undefined) return `"${dottedPath(path)}"`
  if (rest.length === 0) return `${element} "${name}"`
  return `"${dottedPath(rest)}" of ${element} "${name}"`
}

/** Returns e.g. `healthcheck.test[1]`. */
export function dottedPath(path: DocumentPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('')
}
