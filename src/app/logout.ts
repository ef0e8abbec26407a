import { forgetCredentials } from '../registry/keep-credentials.ts'
import type { AppContext } from './app-context.ts'
import { serverHost } from './login.ts'

/** What a log-out found. */
export interface LogoutResult {
  /** The host, as image references name it. */
  readonly host: string
  readonly wasLoggedIn: boolean
}

/**
 * Logs out of a registry; undefined is Docker Hub. Only the credential helper, if there is one, is asked.
 *
 * @throws {TcomposeError} `bad-value` if `server` is none; `registry-settings`.
 */
export async function logout({ environment }: AppContext, server: string | undefined): Promise<LogoutResult> {
  const host = serverHost(server)
  return { host, wasLoggedIn: await forgetCredentials(host, Object.fromEntries(environment)) }
}
