import type { Action } from './action.ts'

/** What is done with an image alone. */
export type ImageAction = GettingAction | Extract<Action, { readonly kind: 'push-image' }>

/** After it an image is there that was perhaps not there before. */
export type GettingAction = Extract<Action, { readonly kind: 'fetch-image' | 'build-image' }>

/** Tells whether `action` is about an image alone, and needs nothing of the project that it is done for. */
export function isAboutImages(action: Action): action is ImageAction {
  return getsImage(action) || action.kind === 'push-image'
}

/** Tells whether `action` fetches or builds an image. */
export function getsImage(action: Action): action is GettingAction {
  return action.kind === 'fetch-image' || action.kind === 'build-image'
}
