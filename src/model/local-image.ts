/** How an image on this machine is kept. */
export type Transport = 'rootfs' | 'oci' | 'oci-archive' | 'docker-archive'

/** A reference to a local source in parts; joined they are the reference again. */
export interface LocalImageParts {
  readonly transport: Transport
  /** As written, perhaps relative. */
  readonly path: string
  /** `:` and what chooses among several images, or nothing. */
  readonly tag: string
  /** `@sha256:...`, or nothing. */
  readonly digest: string
}

/**
 * Splits a reference to a local source: `rootfs:PATH`, `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`,
 * `docker-archive:FILE[:NAME]`, each but the first with `@sha256:...` behind it or not. All of a `rootfs` is its path; of
 * the others the path ends at the first colon, for a name such as `localhost:5000/web:1` holds some too. Undefined for
 * anything else.
 */
export function splitLocalImage(text: string): LocalImageParts | undefined {
  const [, transport, rest = ''] = /^([a-z-]+):(.*)$/s.exec(text) ?? []
  switch (transport) {
    case 'rootfs':
      return { transport, path: rest, tag: '', digest: '' }
    case 'oci':
    case 'oci-archive':
    case 'docker-archive': {
      const [named, digest] = splitAt(rest, rest.lastIndexOf('@sha256:'))
      const [path, tag] = splitAt(named, named.indexOf(':'))
      return { transport, path, tag, digest }
    }
    default:
      return undefined
  }
}

/** Returns the reference of which `parts` were split. */
export function joinLocalImage({ transport, path, tag, digest }: LocalImageParts): string {
  return `${transport}:${path}${tag}${digest}`
}

/** Tells whether a reference means a folder that is the image's one layer. */
export function isRootfs(reference: string): boolean {
  return splitLocalImage(reference)?.transport === 'rootfs'
}

function splitAt(text: string, index: number): readonly [string, string] {
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index)]
}
