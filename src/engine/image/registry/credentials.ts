import { join } from 'node:path'
import { readIfPresent } from '../../state/record-file.ts'
import { type JsonObject, objectAt, parseJsonObject, textAt } from '../json-reader.ts'
import { askCredentialHelper, type HelperAnswer } from './credential-helper.ts'
import { settingsInvalid } from './registry-errors.ts'

/** What a user proves to be with. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token. */
  | { readonly kind: 'identity-token'; readonly token: string }

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
  const path = configPath(environment)
  const text = path === undefined ? undefined : readIfPresent(path)
  if (path === undefined || text === undefined) return undefined
  try {
    const config = parseJsonObject(Buffer.from(text), 'text')
    for (const key of keysOf(host)) {
      const helper = textAt(objectAt(config, 'credHelpers'), key)
      if (helper !== undefined) return fromHelper(await askCredentialHelper(helper, key, environment))
    }
    return (await fromStore(config, host, environment)) ?? fromAuths(config, host)
  } catch (error) {
    if (error instanceof SyntaxError) throw settingsInvalid(path, error.message, error)
    throw error
  }
}

function configPath(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = environment['DOCKER_CONFIG'] || (environment['HOME'] && join(environment['HOME'], '.docker'))
  return folder ? join(folder, 'config.json') : undefined
}

/** Docker keeps its own registry under an address of old. */
function keysOf(host: string): readonly string[] {
  return host === 'docker.io' ? ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'] : [host]
}

async function fromStore(
  config: JsonObject,
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const store = textAt(config, 'credsStore')
  if (!store) return undefined
  for (const key of keysOf(host)) {
    const found = fromHelper(await askCredentialHelper(store, key, environment))
    if (found !== undefined) return found
  }
  return undefined
}

function fromHelper(answer: HelperAnswer | undefined): Credentials | undefined {
  if (answer === undefined) return undefined
  const { username, secret } = answer
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret }
}

function fromAuths(config: JsonObject, host: string): Credentials | undefined {
  const auths = objectAt(config, 'auths')
  const wanted = new Set(keysOf(host).map(hostOfKey))
  const key = Object.keys(auths).find(name => wanted.has(hostOfKey(name)))
  return key === undefined ? undefined : parseEntry(objectAt(auths, key))
}

function hostOfKey(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

function parseEntry(entry: JsonObject): Credentials | undefined {
  const token = textAt(entry, 'identitytoken')
  if (token) return { kind: 'identity-token', token }
  const decoded = Buffer.from(textAt(entry, 'auth') ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = colon < 0 ? textAt(entry, 'username') : decoded.slice(0, colon)
  const password = colon < 0 ? textAt(entry, 'password') : decoded.slice(colon + 1).replace(/\0+$/, '')
  return username && password !== undefined ? { kind: 'password', username, password } : undefined
}
