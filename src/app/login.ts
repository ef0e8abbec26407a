import { TcomposeError } from '../base/tcompose-error.ts'
import { type Credentials, findCredentials } from '../registry/credentials.ts'
import { type CredentialPlace, keepCredentials } from '../registry/keep-credentials.ts'
import { registryHost } from '../registry/registry-host.ts'
import type { AppContext } from './app-context.ts'

/** Who logs in where. */
export interface LoginRequest {
  /** A host or an address; undefined is Docker Hub. */
  readonly server: string | undefined
  /** Undefined is the one that is kept for the server. */
  readonly account: { readonly username: string; readonly password: string } | undefined
  readonly signal: AbortSignal
}

/** How a log-in ended. */
export type LoginResult =
  /** Nothing is kept for the server, and no account was given. */
  | { readonly kind: 'no-account' }
  | {
      readonly kind: 'logged-in'
      /** The host, as image references name it. */
      readonly host: string
      readonly username: string
      /** False where the registry accepts everybody. */
      readonly isChecked: boolean
      /** Undefined where it was kept before. */
      readonly kept: CredentialPlace | undefined
    }

/**
 * Logs in to a registry and keeps a given account once the registry has accepted it; what is kept already is checked only.
 *
 * @throws {TcomposeError} `bad-value` if the server is none; `registry-login`, `registry-unreachable`,
 * `registry-rate-limit` or `registry-settings`.
 */
export async function login(
  context: AppContext,
  { server, account, signal }: LoginRequest,
): Promise<LoginResult> {
  const host = serverHost(server)
  const environment = Object.fromEntries(context.environment)
  const given: Credentials | undefined = account === undefined ? undefined : { kind: 'password', ...account }
  const credentials = given ?? (await findCredentials(host, environment))
  if (credentials === undefined) return { kind: 'no-account' }
  // The client of registries is loaded for this alone.
  const { checkLogin } = await import('../registry/check-login.ts')
  const checked = await checkLogin({ host, credentials, environment, signal })
  const kept = given === undefined ? undefined : await keepCredentials(host, checked.credentials, environment)
  return { kind: 'logged-in', host, username: credentials.username, isChecked: checked.isChecked, kept }
}

/**
 * Returns the host that image references name, for what a user calls a registry; undefined is Docker Hub.
 *
 * @throws {TcomposeError} `bad-value` if `server` is none.
 */
export function serverHost(server: string | undefined): string {
  try {
    return registryHost(server)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TcomposeError('bad-value', `Cannot log in: ${error.message}`, { cause: error })
  }
}
