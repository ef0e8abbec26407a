import { TcomposeError } from '../base/tcompose-error.ts'
import { checkLogin } from '../registry/check-login.ts'
import { type Credentials, findCredentials } from '../registry/credentials.ts'
import { forgetCredentials, keepCredentials } from '../registry/keep-credentials.ts'
import { registryHost } from '../registry/registry-host.ts'
import type { LoginRequest, LoginResult, LogoutResult } from './app.ts'
import type { AppContext } from './app-context.ts'

/**
 * Logs in to a registry; what is kept already is checked only.
 *
 * @throws {TcomposeError} `bad-value` if `server` is none; `registry-login`, `registry-unreachable`,
 * `registry-rate-limit` or `registry-settings`.
 */
export async function login(
  context: AppContext,
  { server, account, signal }: LoginRequest,
): Promise<LoginResult> {
  const host = hostOf(server)
  const environment = environmentOf(context)
  const given: Credentials | undefined = account === undefined ? undefined : { kind: 'password', ...account }
  const credentials = given ?? (await findCredentials(host, environment))
  if (credentials === undefined) return { kind: 'no-account' }
  const checked = await checkLogin({ host, credentials, environment, signal })
  const kept = given === undefined ? undefined : await keepCredentials(host, checked.credentials, environment)
  return { kind: 'logged-in', host, username: credentials.username, isChecked: checked.isChecked, kept }
}

/**
 * Logs out of a registry. Nobody is asked but the helper program, if there is one.
 *
 * @throws {TcomposeError} `bad-value` if `server` is none; `registry-settings`.
 */
export async function logout(context: AppContext, server: string | undefined): Promise<LogoutResult> {
  const host = hostOf(server)
  return { host, wasLoggedIn: await forgetCredentials(host, environmentOf(context)) }
}

function hostOf(server: string | undefined): string {
  try {
    return registryHost(server)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TcomposeError('bad-value', `Cannot log in: ${error.message}`, { cause: error })
  }
}

function environmentOf({ environment }: AppContext): NodeJS.ProcessEnv {
  return Object.fromEntries(environment)
}
