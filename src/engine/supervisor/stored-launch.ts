/** `kill on hangup` and `descriptors are attached`; LAUNCH in docs/keeper.md. */
const HANGUP_KILLS = 1
const STREAMS_ATTACHED = 4

/** Returns the id in `request`, the payload of a LAUNCH message. */
export function launchId(request: Buffer): string {
  return request.toString('utf8', 4, idEnd(request))
}

/** Returns `request` with its flags set for descriptors that come with it and for a process that dies with its client. */
export function withAttachedStreams(request: Buffer): Buffer {
  const attached = Buffer.from(request)
  const flags = idEnd(request) + 1
  attached.writeUInt8(request.readUInt8(flags) | HANGUP_KILLS | STREAMS_ATTACHED, flags)
  return attached
}

function idEnd(request: Buffer): number {
  return 4 + request.readUInt32LE(0)
}
