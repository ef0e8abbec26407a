/** What one layer of an image to pull holds. */
export interface LayerShape {
  readonly smallFiles: number
  /** Bytes of each big file. */
  readonly bigFiles: readonly number[]
}

const MB = 1_000_000

/** 640 MB in 2 layers: 30,000 files of some 8 KB and four of 100 MB. */
const TWO: readonly LayerShape[] = [
  { smallFiles: 20_000, bigFiles: [100 * MB] },
  { smallFiles: 10_000, bigFiles: [100 * MB, 100 * MB, 100 * MB] },
]

/** 320 MB in 12 layers, a large one at the bottom and ever smaller ones above, as builds produce them. */
const TWELVE: readonly LayerShape[] = [
  { smallFiles: 6000, bigFiles: [80 * MB] },
  { smallFiles: 4000, bigFiles: [40 * MB] },
  { smallFiles: 3000, bigFiles: [24 * MB] },
  { smallFiles: 1000, bigFiles: [20 * MB] },
  { smallFiles: 500, bigFiles: [16 * MB] },
  { smallFiles: 300, bigFiles: [8 * MB] },
  { smallFiles: 100, bigFiles: [4 * MB] },
  { smallFiles: 50, bigFiles: [2 * MB] },
  { smallFiles: 20, bigFiles: [] },
  { smallFiles: 5, bigFiles: [] },
  { smallFiles: 2, bigFiles: [] },
  { smallFiles: 1, bigFiles: [] },
]

/** The images that are pulled, by their count of layers. */
export const PULL_IMAGES: ReadonlyMap<number, readonly LayerShape[]> = new Map([
  [2, TWO],
  [12, TWELVE],
])
