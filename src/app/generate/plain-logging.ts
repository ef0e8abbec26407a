import { type LogTarget, SYSLOG_FACILITIES } from '../../model/log-target.ts'
import type { Logging } from '../../model/logging.ts'
import { type Plain, withoutEmpty } from './plain.ts'

/** Returns `logging` of a service. */
export function plainLogging(logging: Logging): Plain {
  if (logging.kind === 'none') return { driver: 'none' }
  const { limits, isPacked, target } = logging
  const prefix = target === undefined ? '' : 'cache-'
  const files = limits && {
    [`${prefix}max-size`]: String(limits.maxBytes),
    [`${prefix}max-file`]: String(limits.maxFiles),
    [`${prefix}compress`]: String(isPacked),
  }
  if (target === undefined) return { driver: 'json-file', options: files ?? {} }
  return { driver: target.kind, options: { ...files, ...targetOptions(target) } }
}

function targetOptions(target: LogTarget): { readonly [key: string]: Plain } {
  if (target.kind === 'journald') {
    const { tag, labels, variables } = target
    return withoutEmpty({ tag, labels: labels.join(',') || undefined, env: variables.join(',') || undefined })
  }
  const { tag, address, facility, format } = target
  return withoutEmpty({
    tag,
    'syslog-address':
      address.kind === 'unix'
        ? `unix://${address.path}`
        : `${address.kind}://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`,
    'syslog-facility': SYSLOG_FACILITIES[facility],
    'syslog-format': format === 'local' ? undefined : format,
  })
}
