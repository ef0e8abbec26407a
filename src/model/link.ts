/** A name for another container that only the containers of one service see. */
export interface Link {
  /** What it is a name for: a service or a container, by any name that it has on a network of both. */
  readonly target: string
  readonly alias: string
}

/** Returns what `NAME` or `NAME:ALIAS` means, undefined where it is neither. Without an alias it is `NAME` itself. */
export function parseLink(text: string): Link | undefined {
  const [target = '', alias = target, ...rest] = text.split(':')
  return target === '' || alias === '' || rest.length > 0 ? undefined : { target, alias }
}
