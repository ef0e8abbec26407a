import type { MapNode, Node } from '../document/node.ts'
import type { KeyPattern } from '../generated/compose-types.ts'
import { isKeyValues, placeOfKey, type SchemaPlace } from '../schema/schema-node.ts'

/** Empty, these say something, no command instead of the image's; null, they say nothing. */
const COMMANDS: ReadonlySet<string> = new Set<KeyPattern>(['services.*.command', 'services.*.entrypoint'])

/** What docker compose leaves out where it is false. */
const OMITTED_FALSE: ReadonlySet<string> = new Set<KeyPattern>([
  'services.*.depends_on.*.restart',
  'services.*.healthcheck.disable',
  'services.*.oom_kill_disable',
  'services.*.privileged',
  'services.*.read_only',
  'services.*.stdin_open',
  'services.*.tty',
  'services.*.use_api_socket',
  'services.*.volumes[].read_only',
  'networks.*.attachable',
  'networks.*.external',
  'networks.*.internal',
  'volumes.*.external',
  'secrets.*.external',
  'configs.*.external',
])

/** Tells whether `value` at `place` says what its absence says too, so that docker compose does not print it. */
export function saysNothing(value: Node, place: SchemaPlace | undefined): boolean {
  if (place === undefined) return false
  switch (value.kind) {
    case 'scalar':
      if (value.value === null) return COMMANDS.has(place.pattern)
      return value.value === false && OMITTED_FALSE.has(place.pattern)
    case 'list':
      return value.items.length === 0 && !COMMANDS.has(place.pattern)
    case 'map':
      if (place.pattern === 'networks.*.ipam') return isHollow(value, place)
      if (place.pattern === 'services.*.develop.watch[].exec') return value.entries.size === 0
      return value.entries.size === 0 && isKeyValues(place.kind)
  }
}

function isHollow(map: MapNode, place: SchemaPlace): boolean {
  return [...map.entries].every(
    ([key, { value }]) => value.directive === 'reset' || saysNothing(value, placeOfKey(place, key)),
  )
}
