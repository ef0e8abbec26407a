import { setTimeout as delay } from 'node:timers/promises'
import type { Credentials } from './credentials.ts'
import { registryEndpoint } from './registry-endpoint.ts'
import { RegistrySession } from './registry-session.ts'
import { readRegistrySettings } from './registry-settings.ts'
import type { Wait } from './retry.ts'

/** Who wants to log in where. */
export interface LoginRequest {
  /** As `registryHost` gives it. */
  readonly host: string
  readonly credentials: Credentials
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal | undefined
  /** @default time */
  readonly wait?: Wait
}

/** What a registry said of a user. */
export interface CheckedLogin {
  /** To be kept: an identity token where the registry gave one, else what was checked. */
  readonly credentials: Credentials
  /** False where the registry lets everybody in, so that nothing was checked. */
  readonly isChecked: boolean
}

const ACCEPTED: ReadonlySet<number> = new Set([200])

/**
 * Shows a registry what a user proves to be with. Nothing is kept; see `keepCredentials`.
 *
 * @throws {TcomposeError} `registry-login`, `registry-unreachable`, `registry-rate-limit` or `registry-settings`.
 */
export async function checkLogin(request: LoginRequest): Promise<CheckedLogin> {
  const { host, credentials, environment, signal } = request
  await using session = new RegistrySession({
    endpoint: registryEndpoint(host, readRegistrySettings(environment)),
    repository: '',
    purpose: { kind: 'log-in', host },
    credentials,
    environment,
    wait: request.wait ?? (ms => delay(ms, undefined, { signal })),
    signal,
  })
  const reply = await session.send({ method: 'GET', target: '/v2/', answers: ACCEPTED })
  await reply.discard()
  const { username } = credentials
  const token = session.identityToken
  return {
    credentials: token === undefined ? credentials : { kind: 'identity-token', username, token },
    isChecked: await session.wasAsked(),
  }
}
