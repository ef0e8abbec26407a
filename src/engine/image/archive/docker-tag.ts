import { parseReference } from '../reference.ts'

/** Returns a full reference in Docker's short form, `redis:7`; undefined for what Docker knows no tag for. */
export function dockerTag(reference: string): string | undefined {
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry' || parsed.digest !== undefined) return undefined
  const { domain, path, tag } = parsed
  const name = domain === 'docker.io' ? path.replace(/^library\//, '') : `${domain}/${path}`
  return `${name}:${tag}`
}
