import type { CopyEnd } from '../../app/index.ts'
import { UsageError } from '../usage-error.ts'

/** An argument of `cp`. */
export type CopyArgument = CopyEnd | { readonly kind: 'stream' }

/** Where files come from and go to, and the service whose container is one of the ends. */
export interface CopyEnds {
  readonly service: string
  readonly from: CopyArgument
  readonly to: CopyArgument
}

/**
 * Reads the arguments of `cp`: `SERVICE:PATH`, a path of this machine, or `-` for an archive. What starts with a slash or a dot is
 * no service.
 *
 * @throws {UsageError} Unless one of them, and only one, is a container's.
 */
export function parseCopyEnds(source: string, destination: string): CopyEnds {
  const from = parseEnd(source)
  const to = parseEnd(destination)
  if (from.service !== undefined && to.service !== undefined)
    throw new UsageError('copying between services is not supported', 'Copy to this machine first')
  const service = from.service ?? to.service
  if (service === undefined)
    throw new UsageError('none of the paths is in a container', 'Write one of them as SERVICE:PATH')
  return { service, from: from.end, to: to.end }
}

function parseEnd(text: string): { readonly service?: string; readonly end: CopyArgument } {
  if (text === '-') return { end: { kind: 'stream' } }
  const [, service, path] = /^([^/.:][^:]*):(.*)$/s.exec(text) ?? []
  if (service !== undefined && path !== undefined) {
    if (path === '') throw new UsageError(`"${text}" names no path`, 'Write SERVICE:PATH')
    return { service, end: { kind: 'container', path: path.startsWith('/') ? path : `/${path}` } }
  }
  if (text === '') throw new UsageError('a path is empty')
  return { end: { kind: 'host', path: text } }
}
