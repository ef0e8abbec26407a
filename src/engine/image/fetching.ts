/** What fetching an image takes, as one part: commands that fetch nothing do not load it. */
export { keepConfig, readConfig } from './store/keep-config.ts'
export { openLease } from './store/lease.ts'
export { unpackImage } from './unpack-image.ts'
