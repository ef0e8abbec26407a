/** The version of this package, as in package.json. */
export const VERSION = '0.1.0'

/**
 * The Docker Compose whose command line, files and output this version meets. Clients decide by it what they may ask
 * for: the devcontainers CLI takes anything below 2 for Compose v1, ansible wants 2.18.
 */
export const COMPOSE_INTERFACE = '2.26.1'

/** Returns what people are shown of version `own` of this program. */
export function versionText(own: string): string {
  return `tcompose version v${own} (Docker Compose interface v${COMPOSE_INTERFACE})`
}
