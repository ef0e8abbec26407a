import { closeSync, openSync } from 'node:fs'
import { openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { createNetns, removeNetns, withNetns } from '../../../linux/netns.ts'
import { readNetworkSysctl, setNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { findInterfaces } from '../../../linux/rtnetlink/find-interfaces.ts'
import { deleteLinks, listLinks } from '../../../linux/rtnetlink/link.ts'
import { additionWork, type ConnectionWork, connectionWork, type EndpointChanges } from './connection-work.ts'
import { type ConnectedEndpoint, type ConnectRequest, planEndpoints } from './endpoint.ts'
import { randomGroup } from './kernel-name.ts'

/**
 * Makes a container's network namespace as a file, in place of one that is there, and connects it to the bridges of its
 * networks. What fails half-way is taken back.
 *
 * @throws {SystemCallError} Also ENODEV, if a bridge is not there.
 */
export function connectContainer(request: ConnectRequest): readonly ConnectedEndpoint[] {
  const endpoints = planEndpoints(request.endpoints)
  try {
    createNetns(request.netnsPath)
    const netns = openSync(request.netnsPath, 'r')
    try {
      for (const work of connectionWork(request, endpoints, netns)) doWork(work, request.netnsPath)
    } finally {
      closeSync(netns)
    }
    return endpoints
  } catch (error) {
    disconnectContainers([{ netnsPath: request.netnsPath, endpoints }])
    throw error
  }
}

/**
 * Adds to the network namespace of a container that is in use the endpoints that it lacks, and has its default routes follow.
 * Who is cut short finds what was made by the names in `changes`.
 *
 * @throws {SystemCallError} Also ENODEV, if a bridge is not there.
 */
export function addEndpoints(request: ConnectRequest, changes: EndpointChanges): void {
  const netns = openSync(request.netnsPath, 'r')
  try {
    for (const work of additionWork(request, changes, netns)) doWork(work, request.netnsPath)
  } finally {
    closeSync(netns)
  }
}

/** Deletes interfaces of a container by their names there; none need exist. */
export function deleteInside(netnsPath: string, interfaces: readonly string[]): void {
  if (interfaces.length === 0) return
  withNetns(netnsPath, () => {
    using socket = openNetlink('route')
    socket.send(deleteLinks(interfaces, randomGroup()))
  })
}

/** Returns the names of all interfaces that a container has, whoever made them. */
export function interfacesInside(netnsPath: string): ReadonlySet<string> {
  return withNetns(netnsPath, () => {
    using socket = openNetlink('route')
    return new Set(listLinks(socket).map(({ name }) => name))
  })
}

function doWork(work: ConnectionWork, netnsPath: string): void {
  if (work.place === 'container') withNetns(netnsPath, () => doHere(work))
  else doHere(work)
}

/** In the network that the thread is in. */
function doHere(work: ConnectionWork): void {
  if (work.kind === 'setting') {
    if (!work.isOptional || readNetworkSysctl(work.name) !== undefined)
      setNetworkSysctl(work.name, work.value)
    return
  }
  using socket = openNetlink('route')
  socket.send(findInterfaces(socket, work.requests))
}

/** What `connectContainer` made. */
export interface Connection {
  readonly netnsPath: string
  readonly endpoints: readonly Pick<ConnectedEndpoint, 'hostInterface'>[]
}

/**
 * Removes namespace files and interfaces of containers; none need exist. The interfaces go now, and all at once: left
 * to the end of their namespace they would go some time after its last process and socket.
 */
export function disconnectContainers(connections: readonly Connection[]): void {
  using socket = openNetlink('route')
  const interfaces = connections
    .flatMap(({ endpoints }) => endpoints.map(({ hostInterface }) => hostInterface))
    .filter(name => name !== '')
  try {
    socket.send(deleteLinks(interfaces, randomGroup()))
  } finally {
    for (const { netnsPath } of connections) removeNetns(netnsPath)
  }
}
