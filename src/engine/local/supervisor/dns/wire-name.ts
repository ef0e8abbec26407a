/** RFC 1035, 2.3.4: in bytes. */
const LONGEST_LABEL = 63
/** RFC 1035, 2.3.4: in bytes, with the empty label at its end, which a `WireName` leaves out. */
const LONGEST_NAME = 255

/** The labels of a name as DNS sends them, each behind its length, one character a byte, without the empty one at the end. */
export type WireName = string

/** Returns `name`, labels between dots, as it is sent; undefined where DNS has no such name (RFC 1035, 2.3.4). */
export function wireName(name: string): WireName | undefined {
  const labels = name.split('.').map(label => Buffer.from(label).toString('latin1'))
  if (labels.some(label => label === '' || label.length > LONGEST_LABEL)) return undefined
  const whole = labels.map(label => String.fromCharCode(label.length) + label).join('')
  return whole.length < LONGEST_NAME ? whole : undefined
}

/**
 * Returns what names are compared by: only letters of ASCII have two cases (RFC 4343, 2). A length is at most 63, and so no
 * letter.
 */
export function foldCase(name: WireName): WireName {
  return name.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase())
}
