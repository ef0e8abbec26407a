import { setTimeout as delay } from 'node:timers/promises'
import { interfaceIndex } from '../../../linux/interface-index.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { netlinkBatch } from '../../../linux/netlink/batch.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { changeLink, deleteLink, deleteLinks, listLinks } from '../../../linux/rtnetlink/link.ts'
import { randomGroup } from './kernel-name.ts'

/** The kernel unlists interfaces within milliseconds. */
const LOOK_MS = 1

/** Interfaces of the thread's network namespace that are to go. */
export interface DoomedInterfaces {
  /** Every interface of a container that is still attached to one is removed with it. */
  readonly bridges: readonly string[]
  /** The host's ends of veth pairs. */
  readonly endpoints: readonly string[]
}

/** Interfaces that could not be deleted, by name. */
export type RefusedInterfaces = ReadonlyMap<string, SystemCallError>

/**
 * Deletes interfaces, all in one request and on a thread of the pool: the kernel waits some 30 ms for a single one, and
 * hardly longer for all. None need exist.
 */
export async function removeInterfaces({ bridges, endpoints }: DoomedInterfaces): Promise<RefusedInterfaces> {
  if (bridges.length === 0 && endpoints.length === 0) return new Map()
  using socket = openNetlink('route')
  const links = bridges.length === 0 ? [] : listLinks(socket)
  const doomed = new Set(links.filter(({ name }) => bridges.includes(name)).map(({ index }) => index))
  const ports = links
    .filter(({ master }) => master !== undefined && doomed.has(master))
    .map(({ name }) => name)
  const names = [...new Set([...endpoints, ...ports, ...bridges])]
  const failures = await socket.sendInBackground(deleteLinks(names, randomGroup()))
  // The kernel deletes the whole group or, if it refuses one, nothing of it.
  if (failures.has(names.length)) return removeOneByOne(socket, names)
  return new Map([...failures].map(([index, error]) => [names[index] ?? '', error]))
}

/** Has another process send messages to rtnetlink; `answers` are the datagrams that the kernel answers with. */
export type LinkSender = (messages: Uint8Array) => Promise<{ readonly answers: Promise<readonly Buffer[]> }>

/**
 * Has another process delete interfaces, those of a project that nobody else is attached to. Resolves as soon as none of their
 * names resolves any more: the kernel takes tens of milliseconds more until it answers, and nobody can see the interfaces by then.
 * Rejects as `send` and `answers` do.
 */
export async function removeInterfacesElsewhere(
  { bridges, endpoints }: DoomedInterfaces,
  send: LinkSender,
): Promise<RefusedInterfaces> {
  const names = [...endpoints, ...bridges]
  const batch = netlinkBatch(deleteLinks(names, randomGroup()))
  const { answers } = await send(batch.message)
  const answered = answers.then(datagrams => batch.failures(datagrams))
  const unlisted = areUnlisted(names, answered)
  const failures = await Promise.race([answered, unlisted])
  if (failures === 'unlisted' || failures.size === 0) return new Map()
  using socket = openNetlink('route')
  return removeOneByOne(socket, names)
}

/** Does not look any more once `answered` is settled. */
async function areUnlisted(names: readonly string[], answered: Promise<unknown>): Promise<'unlisted'> {
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  answered.then(end, end)
  while (!isOver && names.some(name => interfaceIndex(name) !== undefined)) await delay(LOOK_MS)
  if (isOver) await answered
  return 'unlisted'
}

/** Finds who is refused; those get back the group of all that have no other. */
function removeOneByOne(socket: NetlinkSocket, names: readonly string[]): RefusedInterfaces {
  const refused = new Map<string, SystemCallError>()
  for (const name of names) {
    try {
      socket.send([deleteLink(name)])
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error
      refused.set(name, error)
      socket.send([changeLink(name, { group: 0 })])
    }
  }
  return refused
}
