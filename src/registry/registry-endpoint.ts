import { readdirSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import { readUserFile } from '../disk/user-file.ts'
import { settingsInvalid } from './registry-errors.ts'
import type { RegistrySetting, RegistrySettings } from './registry-settings.ts'

/** A server that has the image: the registry itself or a mirror. */
export interface RegistryEndpoint {
  /** The name that credentials are kept under, and that the user knows. */
  readonly name: string
  /** Where to ask, in this order, until one answers. */
  readonly origins: readonly string[]
  /** False: any certificate will do. */
  readonly verify: boolean
  /** Certificates of further authorities, PEM. */
  readonly authorities: readonly string[]
}

/** Docker's registry answers under another name than its images have. */
const DOCKER_HUB = 'docker.io'
const DOCKER_HUB_SERVER = 'registry-1.docker.io'
/** All authorities of the web together have less than a quarter of it. */
const LARGEST_CERTIFICATES_MIB = 1
const CERTIFICATE_FOLDERS: readonly string[] = ['/etc/docker/certs.d', '/etc/containers/certs.d']

/**
 * Returns the servers to ask for images of `domain`: its mirrors, then itself. Plain http is for registries that are
 * marked insecure and for the machine's own addresses, unless an authority is named for those.
 *
 * @throws {TcomposeError} `registry-settings` if a file that is named for it cannot be read.
 */
export function registryEndpoints(domain: string, settings: RegistrySettings): readonly RegistryEndpoint[] {
  const mirrors = settings.get(domain)?.mirrors ?? []
  return [
    ...mirrors.map(mirror => registryEndpoint(stripScheme(mirror), settings)),
    registryEndpoint(domain, settings),
  ]
}

/** Returns the server of `name` itself, without mirrors. @throws {TcomposeError} As `registryEndpoints`. */
export function registryEndpoint(name: string, settings: RegistrySettings): RegistryEndpoint {
  const server = name === DOCKER_HUB ? DOCKER_HUB_SERVER : name
  const setting = settings.get(name)
  const authorities = [
    ...namedAuthority(setting),
    ...CERTIFICATE_FOLDERS.flatMap(root => certificatesIn(join(root, name))),
  ]
  const isOwn = isLoopback(server) && authorities.length === 0
  const insecure = setting?.insecure === true || isOwn
  return { name, origins: originsOf(server, { insecure, isOwn }), verify: !insecure, authorities }
}

/**
 * A registry of the machine itself has TLS seldom, and to prepare for TLS takes longer than to ask. Over a network TLS
 * goes first: who can turn it away must not be able to read along.
 */
function originsOf(
  server: string,
  { insecure, isOwn }: { readonly insecure: boolean; readonly isOwn: boolean },
): readonly string[] {
  const [secure, plain] = [`https://${server}`, `http://${server}`]
  if (isOwn) return [plain, secure]
  return insecure ? [secure, plain] : [secure]
}

/** Tells whether `host`, with or without a port, is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '')
  return name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'))
}

function stripScheme(mirror: string): string {
  return mirror.replace(/^https?:\/\//, '').replace(/\/+$/, '')
}

function namedAuthority(setting: RegistrySetting | undefined): readonly string[] {
  if (setting?.ca === undefined) return []
  try {
    return [readUserFile(setting.ca, LARGEST_CERTIFICATES_MIB).toString('utf8')]
  } catch (error) {
    throw settingsInvalid(setting.ca, 'it cannot be read, expected the certificate of an authority', error)
  }
}

function certificatesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.crt'))
      .map(name => readUserFile(join(folder, name), LARGEST_CERTIFICATES_MIB).toString('utf8'))
  } catch {
    // No folder is the usual case; one that this user may not read is as good as none.
    return []
  }
}
