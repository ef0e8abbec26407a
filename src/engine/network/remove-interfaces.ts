import { openNetlink } from '../host/netlink-socket.ts'
import { deleteLinks, listLinks } from '../host/rtnetlink/link.ts'
import { randomGroup } from './kernel-name.ts'

/** Interfaces of the thread's network namespace that are to go. */
export interface DoomedInterfaces {
  /** They take along every interface of a container that hangs on them still. */
  readonly bridges: readonly string[]
  /** The host's ends of veth pairs. */
  readonly endpoints: readonly string[]
}

/**
 * Deletes interfaces, all in one request and on a thread of the pool: the kernel waits some 30 ms for a single one, and
 * hardly longer for all. None need exist.
 */
export async function removeInterfaces({ bridges, endpoints }: DoomedInterfaces): Promise<void> {
  if (bridges.length === 0 && endpoints.length === 0) return
  using socket = openNetlink('route')
  const links = bridges.length === 0 ? [] : listLinks(socket)
  const doomed = new Set(links.filter(({ name }) => bridges.includes(name)).map(({ index }) => index))
  const ports = links
    .filter(({ master }) => master !== undefined && doomed.has(master))
    .map(({ name }) => name)
  const names = new Set([...endpoints, ...ports, ...bridges])
  await socket.sendInBackground(deleteLinks([...names], randomGroup()))
}
