/** A container beside the replicas of a service, for one task. */
export interface OneOff {
  /** Tells it from the others: 64 hex digits. */
  readonly slug: string
  /** @default `<project>-<service>-run-` and the first 12 digits of the slug */
  readonly name?: string | undefined
  /** The name of its service and its aliases resolve to it, as to a replica. */
  readonly hasAliases: boolean
  /** It goes when it has ended, with its anonymous volumes. */
  readonly isRemovedAtEnd: boolean
}
