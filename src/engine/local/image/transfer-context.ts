import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { Lease } from '../../../store/lease.ts'
import type { Roots } from '../state/layout.ts'
import type { KnownImages } from './known-images.ts'

/** What the getting and giving of an image needs: nothing of any project. */
export interface TransferContext {
  readonly roots: Roots
  readonly images: KnownImages
  readonly signal: AbortSignal
  readonly onProgress: (progress: FetchProgress) => void
  /** Keeps images that come until the plan is carried out. */
  readonly lease: Lease
}

/** Progress that is reported more often than this is not seen. */
const TELL_MS = 100

/**
 * Returns `onProgress` for reports that may come by the thousand: it is called some ten times a second, and each change
 * of phase.
 */
export function throttled(onProgress: (progress: FetchProgress) => void): (progress: FetchProgress) => void {
  let told: { readonly at: number; readonly isAllHere: boolean } | undefined
  return progress => {
    const at = performance.now()
    const { isAllHere } = progress
    if (told !== undefined && told.isAllHere === isAllHere && at - told.at < TELL_MS) return
    told = { at, isAllHere }
    onProgress(progress)
  }
}
