import type { LaunchRequest, LaunchStep } from '../launch/launch-op.ts'
import { putProgram, replaceNetworkSteps } from '../launch/launch-program.ts'
import { WireWriter } from './wire-writer.ts'

const KINDS = { container: 0, auxiliary: 1 } as const
const FLAG_KILL_ON_HANGUP = 1
const FLAG_STDIN_OPEN = 2
const FLAG_ATTACHED = 4
const FLAG_LOG_LIMITED = 8

/**
 * Returns the payload of a LAUNCH message. It holds all that the launch needs, so it can be stored and sent again as
 * it is.
 */
export function encodeLaunchRequest(request: LaunchRequest): Buffer {
  const { logLimits } = request
  const writer = new WireWriter(MOSTLY_BYTES)
    .text(request.id)
    .u8(KINDS[request.kind])
    .u8(flagsOf(request))
    .u16(0)
    .u32(request.cloneFlags)
    .text(request.join ?? '')
    .text(request.cgroup ?? '')
    .text(request.stateDir ?? '')
    .text(request.logPath ?? '')
  // Left out where there are none, so that a keeper of an earlier version understands the request.
  if (logLimits !== undefined) writer.u64(BigInt(logLimits.maxBytes)).u32(logLimits.maxFiles)
  return writer.sized(() => putProgram(writer, request.program)).finish()
}

/** What the request of a container mostly has. */
const MOSTLY_BYTES = 32 * 1024

function flagsOf({ killOnHangup, stdinOpen, logLimits }: LaunchRequest): number {
  return (
    (killOnHangup ? FLAG_KILL_ON_HANGUP : 0) |
    (stdinOpen ? FLAG_STDIN_OPEN : 0) |
    (logLimits === undefined ? 0 : FLAG_LOG_LIMITED)
  )
}

/** Returns a copy of an encoded request that says that descriptors for the standard streams come with it. */
export function withAttachedDescriptors(encoded: Buffer): Buffer {
  const attached = Buffer.from(encoded)
  const flagsAt = 4 + encoded.readUInt32LE(0) + 1
  attached.writeUInt8(encoded.readUInt8(flagsAt) | FLAG_ATTACHED, flagsAt)
  return attached
}

/**
 * Returns a copy of an encoded request whose program makes a fresh network by `steps`, in place of those that it has for it. A
 * program that makes none stays as it is.
 */
export function withNetworkSteps(encoded: Buffer, steps: readonly LaunchStep[]): Buffer {
  const at = programAt(encoded)
  const program = encoded.subarray(at + 4)
  const replaced = replaceNetworkSteps(program, steps)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(replaced.length)
  return Buffer.concat([encoded.subarray(0, at), length, replaced])
}

/** Where the length of the program is: it ends the request. */
function programAt(encoded: Buffer): number {
  const afterText = (at: number): number => at + 4 + encoded.readUInt32LE(at)
  const kindAt = afterText(0)
  const flags = encoded.readUInt8(kindAt + 1)
  let at = kindAt + KIND_BYTES
  for (let text = 0; text < TEXTS_BEHIND_KIND; text++) at = afterText(at)
  return (flags & FLAG_LOG_LIMITED) === 0 ? at : at + LOG_LIMIT_BYTES
}

/** Kind, flags, what is reserved, and the flags of clone. */
const KIND_BYTES = 8
/** Whom to join, control group, state folder and log. */
const TEXTS_BEHIND_KIND = 4
const LOG_LIMIT_BYTES = 12
