import { mapAt, type Node, scalarAt, withEntry } from '../document/node.ts'
import type { FormContext } from './form-context.ts'

/** Brings a list of ports to one long entry per container port; ranges of equal length are split. */
export function longPorts(node: Node, context: FormContext): Node {
  if (node.kind !== 'list') return node
  const items: Node[] = []
  for (const item of node.items) {
    items.push(...longPort(item, context))
    if (items.length <= MOST_PORTS) continue
    context.report(item, { message: `it makes the list longer than ${MOST_PORTS} ports` })
    break
  }
  return { ...node, items }
}

/** Every port by both protocols. */
const MOST_PORTS = 2 * 65_535

function longPort(item: Node, context: FormContext): readonly Node[] {
  if (item.kind === 'map') return [publishedAsText(item)]
  if (item.kind === 'list' || item.value === null || typeof item.value === 'boolean') return [item]
  const port = parsePort(String(item.value))
  if ('problem' in port) {
    context.report(item, {
      message: `it is "${item.value}", ${port.problem}`,
      hint: 'Ports are written "host:container", e.g. "8080:80"',
    })
    return []
  }
  return expand(port).map(({ target, published }) =>
    mapAt(item, [
      ['mode', scalarAt(item, 'ingress')],
      ['host_ip', port.hostIp === undefined ? undefined : scalarAt(item, port.hostIp)],
      ['target', scalarAt(item, target)],
      ['published', published === undefined ? undefined : scalarAt(item, published)],
      ['protocol', scalarAt(item, port.protocol)],
    ]),
  )
}

function publishedAsText(item: Node): Node {
  if (item.kind !== 'map') return item
  const published = item.entries.get('published')?.value
  if (published?.kind !== 'scalar' || typeof published.value !== 'number') return item
  return withEntry(item, 'published', { ...published, value: String(published.value) })
}

interface Range {
  readonly from: number
  readonly to: number
}

interface ShortPort {
  readonly hostIp: string | undefined
  readonly published: Range | undefined
  readonly target: Range
  readonly protocol: string
}

type PortProblem = { readonly problem: string }

const SHORT_PORT = /^(?:(?:(\[[^\]]*\]|.*?):)?([^:]*):)?([^:]*)$/

function parsePort(text: string): ShortPort | PortProblem {
  const slash = text.indexOf('/')
  const protocol = slash === -1 ? 'tcp' : text.slice(slash + 1).toLowerCase()
  const [, address, host, container = ''] = SHORT_PORT.exec(slash === -1 ? text : text.slice(0, slash)) ?? []
  if (!['tcp', 'udp', 'sctp'].includes(protocol))
    return { problem: `protocol "${protocol}" is unknown, expected "tcp", "udp" or "sctp"` }
  const target = parseRange(container)
  if (target === undefined) return { problem: `"${container}" is not a container port, expected 1 to 65535` }
  const published = host === undefined || host === '' ? undefined : parseRange(host, 0)
  if (host !== undefined && host !== '' && published === undefined) {
    return { problem: `"${host}" is not a host port, expected 1 to 65535` }
  }
  const problem = lengthProblem(published, target)
  if (problem !== undefined) return { problem }
  const hostIp = address === undefined || address === '' ? undefined : address.replace(/^\[(.*)\]$/, '$1')
  return { hostIp, published, target, protocol }
}

function parseRange(text: string, least = 1): Range | undefined {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  if (first === undefined) return undefined
  const range = { from: Number(first), to: Number(last ?? first) }
  return range.from >= least && range.to >= range.from && range.to <= 65_535 ? range : undefined
}

function lengthProblem(published: Range | undefined, target: Range): string | undefined {
  if (published === undefined || target.from === target.to) return undefined
  if (published.to - published.from === target.to - target.from) return undefined
  return 'its two ranges differ in length'
}

function expand({
  published,
  target,
}: ShortPort): readonly { readonly target: number; readonly published: string | undefined }[] {
  if (target.from === target.to) {
    return [{ target: target.from, published: published === undefined ? undefined : formatRange(published) }]
  }
  return Array.from({ length: target.to - target.from + 1 }, (_, index) => ({
    target: target.from + index,
    published: published === undefined ? undefined : String(published.from + index),
  }))
}

function formatRange({ from, to }: Range): string {
  return from === to ? String(from) : `${from}-${to}`
}
