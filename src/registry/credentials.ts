import { type JsonObject, objectAt, textAt } from '../base/json-reader.ts'
import { askCredentialHelper, type HelperAnswer } from './credential-helper.ts'
import { readDockerConfig } from './docker-config.ts'

/** What a user proves to be with. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token; `username` is `<token>` where the user's name is not known. */
  | { readonly kind: 'identity-token'; readonly username: string; readonly token: string }

/** The name that means an identity token where a user's name is expected. */
export const TOKEN_USER = '<token>'

/**
 * Finds what the user is logged in with at `host`, in Docker's `config.json`: a helper program of the host, the helper
 * of all hosts, then `auths`.
 *
 * @throws {TcomposeError} `registry-settings` if the file is malformed or its helper fails.
 */
export async function findCredentials(
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  return await readDockerConfig(environment, async config => {
    for (const key of credentialKeys(host)) {
      const name = textAt(objectAt(config, 'credHelpers'), key)
      if (name !== undefined) return fromHelper(await askCredentialHelper({ name, environment }, key))
    }
    return (await fromStore(config, host, environment)) ?? fromAuths(config, host)
  })
}

/** Returns the keys to look for, the one to write under first. Docker keeps its own registry under an old address. */
export function credentialKeys(host: string): readonly [string, ...string[]] {
  return host === 'docker.io' ? ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'] : [host]
}

/** Tells whether `key` of `auths` is about `host`: it may have a scheme and a path. */
export function isKeyOf(key: string, host: string): boolean {
  return credentialKeys(host).some(wanted => hostOfKey(wanted) === hostOfKey(key))
}

function hostOfKey(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

async function fromStore(
  config: JsonObject,
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const name = textAt(config, 'credsStore')
  if (!name) return undefined
  for (const key of credentialKeys(host)) {
    const found = fromHelper(await askCredentialHelper({ name, environment }, key))
    if (found !== undefined) return found
  }
  return undefined
}

function fromHelper(answer: HelperAnswer | undefined): Credentials | undefined {
  if (answer === undefined) return undefined
  const { username, secret } = answer
  return username === TOKEN_USER
    ? { kind: 'identity-token', username, token: secret }
    : { kind: 'password', username, password: secret }
}

function fromAuths(config: JsonObject, host: string): Credentials | undefined {
  const auths = objectAt(config, 'auths')
  const [first] = Object.keys(auths)
    .filter(key => isKeyOf(key, host))
    .flatMap(key => parseEntry(objectAt(auths, key)) ?? [])
  return first
}

function parseEntry(entry: JsonObject): Credentials | undefined {
  const token = textAt(entry, 'identitytoken')
  const decoded = Buffer.from(textAt(entry, 'auth') ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = colon < 0 ? textAt(entry, 'username') : decoded.slice(0, colon)
  if (token) return { kind: 'identity-token', username: username || TOKEN_USER, token }
  const password = colon < 0 ? textAt(entry, 'password') : decoded.slice(colon + 1).replace(/\0+$/, '')
  return username && password !== undefined ? { kind: 'password', username, password } : undefined
}
