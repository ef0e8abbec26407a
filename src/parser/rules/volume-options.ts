import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import type { MapNode } from '../document/node.ts'
import { entriesAt, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Options of volumes are those of the local driver, and whole. */
export const checkVolumeOptions: Rule = ({ document }) =>
  [...entriesAt(document, 'volumes')].flatMap(([name, { value }]) => {
    const driver = value.kind === 'map' ? (textAt(value, 'driver') ?? '') : ''
    const options = value.kind === 'map' ? valueAt(value, 'driver_opts') : undefined
    if (options?.kind !== 'map' || options.entries.size === 0 || !['', 'local'].includes(driver)) return []
    return [...unknown(options, name), ...missing(options, name), ...relativeFolder(options, name)]
  })

const KNOWN = ['type', 'device', 'o'] as const

function unknown(options: MapNode, name: string): readonly Diagnostic[] {
  return [...options.entries]
    .filter(([key]) => !KNOWN.some(known => known === key))
    .map(([key, { keySpan }]) =>
      errorAt({ span: keySpan }, 'bad-value', {
        message: `Cannot use option "${key}" of volume "${name}": the local driver has no such option`,
        hint: suggestOneOf(key, KNOWN),
      }),
    )
}

function missing(options: MapNode, name: string): readonly Diagnostic[] {
  return (['type', 'device'] as const)
    .filter(key => (textAt(options, key) ?? '') === '')
    .map(key =>
      errorAt(options, 'missing-key', {
        message: `The options of volume "${name}" have no "${key}"`,
        hint:
          key === 'type'
            ? 'Write "type: none" beside "o: bind", or name a file system such as tmpfs or nfs'
            : 'Name what to mount; for a file system in memory write "device: tmpfs"',
      }),
    )
}

function relativeFolder(options: MapNode, name: string): readonly Diagnostic[] {
  const at = valueAt(options, 'device')
  const device = textAt(options, 'device') ?? ''
  const isBind = /(?:^|,)r?bind(?:,|$)/.test(textAt(options, 'o') ?? '')
  if (at === undefined || !isBind || device === '' || device.startsWith('/')) return []
  const message = `Cannot bind "${device}" as volume "${name}": expected an absolute path`
  return [errorAt(at, 'bad-value', { message })]
}
