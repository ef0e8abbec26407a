import { isObject, type JsonObject, objectAt, textAt } from '../base/json-reader.ts'
import {
  askCredentialHelper,
  type CredentialHelper,
  eraseFromHelper,
  helperProgram,
  storeInHelper,
} from './credential-helper.ts'
import { type Credentials, credentialKeys, isKeyOf, TOKEN_USER } from './credentials.ts'
import { changeDockerConfig, dockerConfigPath, readDockerConfig } from './docker-config.ts'
import { settingsInvalid } from './registry-errors.ts'

/** Where a log-in is kept. */
export type CredentialPlace =
  /** In plain text. */
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'helper'; readonly program: string }

/**
 * Keeps what a user proves to be with at `host`, where Docker would: in the helper program of the host or of all
 * hosts, else in `config.json`. All else that the file says stays.
 *
 * @throws {TcomposeError} `registry-settings` if the file is malformed or cannot be written, or the helper fails.
 */
export async function keepCredentials(
  host: string,
  credentials: Credentials,
  environment: NodeJS.ProcessEnv,
): Promise<CredentialPlace> {
  const path = requirePath(environment)
  const helper = await helperOf(host, environment)
  const [key] = credentialKeys(host)
  if (helper !== undefined) await storeInHelper(helper, key, secretOf(credentials))
  // Of what a helper keeps, the file says that it is there, as `docker logout` expects.
  const entry = helper === undefined ? plainEntry(credentials) : {}
  changeDockerConfig(path, config => {
    const others = withoutHost(objectAt(config, 'auths'), host)
    return { ...config, auths: { ...others, [key]: entry } }
  })
  return helper === undefined ? { kind: 'file', path } : { kind: 'helper', program: helperProgram(helper) }
}

/**
 * Forgets what is kept for `host`; returns whether there was anything.
 *
 * @throws {TcomposeError} As `keepCredentials`.
 */
export async function forgetCredentials(host: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const path = requirePath(environment)
  const helper = await helperOf(host, environment)
  let wasThere = helper !== undefined && (await forgetInHelper(helper, host))
  changeDockerConfig(path, config => {
    const auths = objectAt(config, 'auths')
    const others = withoutHost(auths, host)
    if (Object.keys(others).length === Object.keys(auths).length) return undefined
    wasThere = true
    return { ...config, auths: others }
  })
  return wasThere
}

async function forgetInHelper(helper: CredentialHelper, host: string): Promise<boolean> {
  let wasThere = false
  for (const key of credentialKeys(host)) {
    if ((await askCredentialHelper(helper, key)) === undefined) continue
    await eraseFromHelper(helper, key)
    wasThere = true
  }
  return wasThere
}

function requirePath(environment: NodeJS.ProcessEnv): string {
  const path = dockerConfigPath(environment)
  if (path !== undefined) return path
  throw settingsInvalid('config.json', 'neither DOCKER_CONFIG nor HOME is set, expected a folder for it')
}

async function helperOf(host: string, environment: NodeJS.ProcessEnv): Promise<CredentialHelper | undefined> {
  return await readDockerConfig(environment, async config => {
    const helpers = objectAt(config, 'credHelpers')
    const own = credentialKeys(host).flatMap(key => textAt(helpers, key) ?? [])
    const name = own[0] ?? textAt(config, 'credsStore')
    return name ? { name, environment } : undefined
  })
}

function secretOf(credentials: Credentials): { readonly username: string; readonly secret: string } {
  return credentials.kind === 'identity-token'
    ? { username: TOKEN_USER, secret: credentials.token }
    : { username: credentials.username, secret: credentials.password }
}

/** Docker writes an identity token beside a user without a password. */
function plainEntry(credentials: Credentials): JsonObject {
  return credentials.kind === 'identity-token'
    ? { auth: base64(`${credentials.username}:`), identitytoken: credentials.token }
    : { auth: base64(`${credentials.username}:${credentials.password}`) }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function withoutHost(auths: JsonObject, host: string): JsonObject {
  return Object.fromEntries(
    Object.entries(auths).filter(([key, entry]) => !(isKeyOf(key, host) && isObject(entry))),
  )
}
