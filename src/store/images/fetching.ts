/** What fetching an image takes, as one part: commands that fetch nothing do not load it. */
export { keepConfig, readConfig } from '../keep-config.ts'
export { unpackImage } from '../layers/unpack-image.ts'
export { openLease } from '../lease.ts'
