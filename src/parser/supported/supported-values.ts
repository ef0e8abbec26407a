import { DEVICE_CAPABILITIES, GPU_VENDORS } from '../../model/device-request.ts'
import { MOUNT_KINDS } from '../../model/mount.ts'
import { parsePlatform } from '../../model/platform.ts'
import { type Node, stringOf } from '../document/node.ts'
import type { KeyPattern } from '../generated/compose-types.ts'

/** Tells which values the engine runs, or undefined if it runs this one. */
export type ValueCheck = (node: Node) => string | undefined

/** For keys of which the engine runs some values only, by path pattern. */
export const SUPPORTED_VALUES: ReadonlyMap<string, ValueCheck> = new Map<KeyPattern, ValueCheck>([
  ['services.*.build.entitlements[]', oneOf('network.host', 'security.insecure')],
  ['services.*.build.isolation', oneOf('', 'default')],
  ['services.*.build.network', oneOf('', 'default', 'none', 'host')],
  ['services.*.build.platforms[]', linuxPlatform],
  ['services.*.build.provenance', onlyFalse],
  ['services.*.build.sbom', onlyFalse],
  ['services.*.deploy.mode', oneOf('replicated')],
  ['services.*.deploy.resources.reservations.devices[].capabilities[]', oneOf(...DEVICE_CAPABILITIES)],
  ['services.*.deploy.resources.reservations.devices[].driver', oneOf('', ...GPU_VENDORS, 'cdi')],
  ['services.*.env_file[].format', oneOf('', 'raw')],
  [
    'services.*.ipc',
    node =>
      matching(
        node,
        /^(?:|private|shareable|none|host|(?:service|container):.+)$/,
        '"private", "shareable", "none", "host", "service:NAME" or "container:NAME"',
      ),
  ],
  ['services.*.gpus[].capabilities[]', oneOf(...DEVICE_CAPABILITIES)],
  ['services.*.gpus[].driver', oneOf('', ...GPU_VENDORS, 'cdi')],
  ['services.*.logging.driver', oneOf('', 'json-file', 'local', 'none', 'syslog', 'journald')],
  [
    'services.*.network_mode',
    node =>
      matching(
        node,
        /^(?:none|host|bridge|default|(?:service|container):.+)$/,
        '"none", "host", "bridge", "service:NAME" or "container:NAME"',
      ),
  ],
  [
    'services.*.pid',
    node =>
      matching(node, /^(?:|host|(?:service|container):.+)$/, '"host", "service:NAME" or "container:NAME"'),
  ],
  ['services.*.platform', linuxPlatform],
  [
    'services.*.pull_policy',
    node =>
      matching(
        node,
        /^(?:always|never|missing|if_not_present|build|refresh|daily|weekly|every_(?:\d+[wdhms])+)$/,
        '"always", "never", "missing", "build", "daily", "weekly", "refresh" or "every_DURATION"',
      ),
  ],
  ['services.*.ports[].protocol', oneOf('tcp', 'udp', 'sctp')],
  ['services.*.ports[].mode', oneOf('', 'ingress', 'host')],
  [
    'services.*.userns_mode',
    node =>
      matching(
        node,
        /^(?:|host|nomap|auto(?::size=\d+)?|keep-id(?::(?:uid|gid|size)=\d{1,10}(?:,(?:uid|gid|size)=\d{1,10})*)?)$/,
        '"host", "auto", "auto:size=N", "nomap", "keep-id" or "keep-id:uid=N,gid=N"',
      ),
  ],
  ['services.*.uts', oneOf('', 'host')],
  ['services.*.volumes[].type', oneOf(...MOUNT_KINDS)],
  ['services.*.volumes[].bind.recursive', oneOf('enabled', 'disabled')],
  ['networks.*.driver', oneOf('', 'bridge', 'macvlan', 'ipvlan', 'host', 'none', 'null')],
  ['networks.*.ipam.driver', oneOf('', 'default')],
  ['volumes.*.driver', oneOf('', 'local')],
])

function oneOf(...values: readonly string[]): ValueCheck {
  const words = values.filter(value => value !== '').map(value => `"${value}"`)
  return node => {
    const text = stringOf(node)
    return text === undefined || values.includes(text) ? undefined : words.join(' or ')
  }
}

function matching(node: Node, pattern: RegExp, expected: string): string | undefined {
  const text = stringOf(node)
  return text === undefined || pattern.test(text) ? undefined : expected
}

function linuxPlatform(node: Node): string | undefined {
  const text = stringOf(node)
  if (text === undefined || text === '') return undefined
  const expected = 'a Linux platform, such as "linux/arm64"'
  try {
    return parsePlatform(text).startsWith('linux') ? undefined : expected
  } catch (error) {
    if (error instanceof SyntaxError) return expected
    throw error
  }
}

/** Nothing is said about an image beside it. */
function onlyFalse(node: Node): string | undefined {
  return node.kind === 'scalar' && String(node.value) !== 'false' ? 'false' : undefined
}
