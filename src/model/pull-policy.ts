import type { Millis } from '../base/millis.ts'

/** When a registry is asked for a service's image. */
export type PullPolicy =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  /** Only if the image is not on the machine. */
  | { readonly kind: 'missing' }
  /** As `missing`, and when the image was pulled longer ago than `after`. */
  | { readonly kind: 'refresh'; readonly after: Millis }
