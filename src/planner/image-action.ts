import type { Action } from './action.ts'

/** What is done with an image alone. */
export type ImageAction = Extract<Action, { readonly kind: 'fetch-image' | 'push-image' }>

/** Tells whether `action` is about an image alone, and needs nothing of the project that it is done for. */
export function isAboutImages(action: Action): action is ImageAction {
  return action.kind === 'fetch-image' || action.kind === 'push-image'
}
