/** Returns the id in `request`, the payload of a LAUNCH message, under which its process is known to the keeper. */
export function launchId(request: Buffer): string {
  return request.toString('utf8', 4, 4 + request.readUInt32LE(0))
}
