/** Another container whose volumes and bind mounts a service has too, at the same places. */
export interface VolumesFrom {
  readonly source:
    | { readonly kind: 'service'; readonly service: string }
    /** A container of any project of this engine, by its name or id. */
    | { readonly kind: 'container'; readonly container: string }
  /** Whether they are read-only here; those that are read-only there are anyway. */
  readonly readOnly: boolean
}

/** Reads `SERVICE[:ro|rw]` or `container:NAME[:ro|rw]`; undefined for anything else. */
export function parseVolumesFrom(text: string): VolumesFrom | undefined {
  const [, kind, name = '', mode] = /^(container:)?([^:]+)(?::(ro|rw))?$/.exec(text) ?? []
  if (name === '') return undefined
  const readOnly = mode === 'ro'
  return kind === undefined
    ? { source: { kind: 'service', service: name }, readOnly }
    : { source: { kind: 'container', container: name }, readOnly }
}
