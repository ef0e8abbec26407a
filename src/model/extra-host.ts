/** A line of `/etc/hosts`. */
export interface ExtraHost {
  readonly host: string
  /** An address, or `host-gateway`. */
  readonly address: string
}
