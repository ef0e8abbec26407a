import { bytesOf, parseDecimalBytes } from '../../base/bytes.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { Logging, LogLimits } from '../../model/logging.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'
import { readLogTarget } from './read-log-target.ts'
import { mapAtPath } from './read-values.ts'

/** What docker's driver `local` keeps of each container. */
const LOCAL_LIMITS: LogLimits = { maxBytes: bytesOf(20_000_000), maxFiles: 5 }

/** Reads what becomes of the output of a service. */
export function readLogging(service: MapNode): Pick<Service, 'logging'> {
  const options = mapAtPath(service, ['logging', 'options'])
  const driver = textAt(mapAtPath(service, ['logging']), 'driver') || 'json-file'
  const target = readLogTarget(driver, options)
  if (target !== undefined) return { logging: { ...filesOf(options, LOCAL_LIMITS, 'cache-'), target } }
  switch (driver) {
    case 'none':
      return { logging: { kind: 'none' } }
    case 'local':
      return { logging: filesOf(options, LOCAL_LIMITS, '') }
    default: {
      const logging = filesOf(options, undefined, '')
      return logging.limits === undefined ? {} : { logging }
    }
  }
}

type LogFiles = Extract<Logging, { readonly kind: 'file' }>

/**
 * Reads options whose names begin with `prefix`. Without a size the number of files has no meaning; with `limits` full
 * files are packed unless it is said otherwise.
 */
function filesOf(options: MapNode, limits: LogLimits | undefined, prefix: '' | 'cache-'): LogFiles {
  const size = sizeAt(options, `${prefix}max-size`) ?? limits?.maxBytes
  if (size === undefined) return { kind: 'file', isPacked: false }
  const maxFiles = Number(textAt(options, `${prefix}max-file`) ?? limits?.maxFiles ?? 1)
  const isPacked = parseGoBool(textAt(options, `${prefix}compress`) ?? '') ?? limits !== undefined
  return { kind: 'file', limits: { maxBytes: size, maxFiles }, isPacked: isPacked && maxFiles > 1 }
}

/** A size that means nothing is reported by a rule. */
function sizeAt(options: MapNode, key: string): LogLimits['maxBytes'] | undefined {
  const text = textAt(options, key)
  if (text === undefined) return undefined
  try {
    return parseDecimalBytes(text)
  } catch {
    return undefined
  }
}
