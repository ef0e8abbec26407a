import type { Millis } from '../base/millis.ts'

/** Where a service's image comes from, and when its registry is asked for it. */
export type PullPolicy =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  /** Only if the image is not on the machine. */
  | { readonly kind: 'missing' }
  /** It is built each time, and no registry is asked. */
  | { readonly kind: 'build' }
  /** As `missing`, and when the image was pulled longer ago than `after`. */
  | { readonly kind: 'refresh'; readonly after: Millis }
