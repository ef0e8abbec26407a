/** Values of `sharing` of a cache mount. */
export const MOUNT_SHARINGS = ['shared', 'private', 'locked'] as const

/** Returns the user or group id that `uid` or `gid` of a RUN mount is; undefined if it is none. */
export function mountId(text: string): number | undefined {
  return /^\d+$/.test(text) ? idBits(Number(text)) : undefined
}

/** Returns the permission bits that `mode` of a RUN mount is, written in octal; undefined if it is none. */
export function mountMode(text: string): number | undefined {
  return /^[0-7]+$/.test(text) ? idBits(Number.parseInt(text, 8)) : undefined
}

function idBits(value: number): number | undefined {
  return value < 2 ** 32 ? value : undefined
}

const EXPONENTS = 'kmgtp'

/** Returns the bytes that `size` of a RUN mount is, e.g. `512`, `64m` or `1.5 GiB`; undefined if it is none. */
export function mountBytes(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text) ?? []
  if (count === undefined) return undefined
  const exponent = unit === '' ? 0 : EXPONENTS.indexOf(unit.toLowerCase()) + 1
  const bytes = Math.trunc(Number(count) * 1024 ** exponent)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
