import { bytesOf, parseDecimalBytes } from '../../base/bytes.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { Logging, LogLimits } from '../../model/logging.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'
import { mapAtPath } from './read-values.ts'

/** What docker's driver `local` keeps of each container. */
const LOCAL_LIMITS: LogLimits = { maxBytes: bytesOf(20_000_000), maxFiles: 5 }

/** Reads what becomes of the output of a service. */
export function readLogging(service: MapNode): Pick<Service, 'logging'> {
  const options = mapAtPath(service, ['logging', 'options'])
  switch (textAt(mapAtPath(service, ['logging']), 'driver') || 'json-file') {
    case 'none':
      return { logging: { kind: 'none' } }
    case 'local':
      return { logging: filesOf(options, LOCAL_LIMITS, true) }
    default: {
      const logging = filesOf(options, undefined, false)
      return logging.limits === undefined ? {} : { logging }
    }
  }
}

type LogFiles = Extract<Logging, { readonly kind: 'file' }>

/** Without a size the number of files has no meaning. */
function filesOf(options: MapNode, limits: LogLimits | undefined, packs: boolean): LogFiles {
  const size = sizeAt(options) ?? limits?.maxBytes
  if (size === undefined) return { kind: 'file', isPacked: false }
  const maxFiles = Number(textAt(options, 'max-file') ?? limits?.maxFiles ?? 1)
  const isPacked = parseGoBool(textAt(options, 'compress') ?? '') ?? packs
  return { kind: 'file', limits: { maxBytes: size, maxFiles }, isPacked: isPacked && maxFiles > 1 }
}

/** A size that means nothing is reported by a rule. */
function sizeAt(options: MapNode): LogLimits['maxBytes'] | undefined {
  const text = textAt(options, 'max-size')
  if (text === undefined) return undefined
  try {
    return parseDecimalBytes(text)
  } catch {
    return undefined
  }
}
