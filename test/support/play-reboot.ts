import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { instanceTag } from '../../src/engine/local/state/layout.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { removeNetns } from '../../src/linux/netns.ts'
import { deleteLink, listLinks } from '../../src/linux/rtnetlink/link.ts'

export interface Rebooted {
  /** The engine's run folder. */
  readonly runRoot: string
  readonly project: string
  /** Pid of its keeper, whose end its containers do not outlive here; undefined if none runs. */
  readonly keeper: number | undefined
}

/** Removes what a reboot removes of a project: processes, namespaces, interfaces, and the run folder of the whole engine. */
export function playReboot({ runRoot, project, keeper }: Rebooted): void {
  if (keeper !== undefined) process.kill(keeper, 'SIGKILL')
  const netns = join(runRoot, 'projects', project, 'netns')
  if (existsSync(netns)) for (const name of readdirSync(netns)) removeNetns(join(netns, name))
  using socket = openNetlink('route')
  const tag = instanceTag({ data: '', run: runRoot })
  const own = listLinks(socket).filter(({ alias }) => alias?.includes(`:${project}:`) && alias.includes(tag))
  socket.send(own.map(({ name }) => deleteLink(name)))
  rmSync(runRoot, { recursive: true })
}
