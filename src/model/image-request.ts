import type { PlatformName } from './platform.ts'

/** An image as a service asks for it. */
export interface ImageRequest {
  /** As the file has it. */
  readonly reference: string
  /** Undefined leaves it to the machine. */
  readonly platform?: PlatformName | undefined
}

/** Returns what tells images apart, for people too: `redis:7`, `redis:7 for linux/arm64`. */
export function imageLabel({ reference, platform }: ImageRequest): string {
  return platform === undefined ? reference : `${reference} for ${platform}`
}
