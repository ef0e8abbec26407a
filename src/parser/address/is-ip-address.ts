/** Tells whether `text` is an IPv4 address in dotted form. */
export function isIpv4Address(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** Tells whether `text` is an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return isIpv4Address(text) || isIpv6Address(text)
}

function isIpv6Address(text: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.map(half => (half === '' ? [] : half.split(':')))
  const all = groups.flat()
  const embedded = all.at(-1)?.includes('.') ?? false
  const plain = embedded ? all.slice(0, -1) : all
  const tail = all.at(-1)
  if (embedded && (tail === undefined || !isIpv4Address(tail))) return false
  if (!plain.every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  const count = plain.length + (embedded ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

/** Tells whether `text` is an IPv4 or IPv6 network in CIDR notation. */
export function isCidr(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/')
  if (length === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return false
  return isIpv4Address(address) ? Number(length) <= 32 : isIpAddress(address) && Number(length) <= 128
}
