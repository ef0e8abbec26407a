import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { listLinks } from '../../../src/linux/rtnetlink/link.ts'
import { hasLinkKind } from '../../../src/linux/rtnetlink/link-kind.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

for (const kind of ['macvlan', 'ipvlan'] as const) {
  test(`hasLinkKind() finds ${kind} where the kernel has it, and makes nothing`, () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('route'))
    expect(hasLinkKind(socket, kind)).toBe(isInKernel(kind))
    expect(listLinks(socket)).toHaveLength(1)
  })
}

/** The functions of a module or of a built-in part of the kernel are among its symbols. */
function isInKernel(kind: string): boolean {
  return readFileSync('/proc/kallsyms', 'utf8').includes(` ${kind}_`)
}
