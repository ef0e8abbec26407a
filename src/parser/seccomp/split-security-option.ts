/** An item of `security_opt`. */
export interface SecurityOption {
  readonly name: string
  /** Undefined for one that stands alone, such as `no-new-privileges`. */
  readonly value: string | undefined
}

/** Splits an item of `security_opt` at its first `=`, or, where there is none, at its first `:`, as dockerd does. */
export function splitSecurityOption(text: string): SecurityOption {
  const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
  return at === -1 ? { name: text, value: undefined } : { name: text.slice(0, at), value: text.slice(at + 1) }
}
