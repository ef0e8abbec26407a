import { align4 } from '../../linux/netlink/attribute.ts'
import { encodeRequests, type NetlinkRequest } from '../../linux/netlink/message.ts'
import type { LaunchStep } from './launch-op.ts'
import { type StepDetails, step } from './launch-steps.ts'

/** Messages to send while a network is made. */
export interface NetlinkMessages {
  /** To the network of the keeper. */
  readonly outside: boolean
  /** NETLINK_ROUTE or NETLINK_NETFILTER. */
  readonly protocol: number
  readonly requests: readonly NetlinkRequest[]
}

export const NETLINK_ROUTE = 0
export const NETLINK_NETFILTER = 12

/** Returns a step that sends messages; an error that one of them tolerates is tolerated of all. */
export function netlinkStep(
  { outside, protocol, requests }: NetlinkMessages,
  details: StepDetails,
): LaunchStep {
  const last = requests.findLastIndex(request => request.framing !== true)
  const [tolerated = 0] = requests.flatMap(({ tolerate = [] }) => tolerate)
  return step(
    {
      ...{ op: 'netlink', outside, protocol, tolerated },
      messages: encodeRequests(requests, 1, last),
      ...interfacePlaces(requests),
    },
    details,
  )
}

const HEADER_BYTES = 16

function interfacePlaces(requests: readonly NetlinkRequest[]): {
  readonly interfaces: readonly string[]
  readonly places: readonly number[]
} {
  const interfaces: string[] = []
  const places: number[] = []
  let offset = 0
  for (const { payload, finds } of requests) {
    if (finds !== undefined) {
      interfaces.push(finds.name)
      places.push(offset + HEADER_BYTES + finds.at)
    }
    offset += HEADER_BYTES + align4(payload.length)
  }
  return { interfaces, places }
}
