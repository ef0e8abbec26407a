/** What works on the store of images, as one part: commands that run containers do not load it. */

export { loadImages } from '../../store/archive/load-images.ts'
export { saveImages } from '../../store/archive/save-images.ts'
export { pruneBuildCache } from '../../store/built/prune-build-cache.ts'
export { inspectImage } from '../../store/inspect-image.ts'
export { listStoredImages } from '../../store/list-stored-images.ts'
export { pruneImages } from '../../store/prune-images.ts'
export { removeImages } from '../../store/remove-images.ts'
export { tagImage } from '../../store/tag-image.ts'
export { imageUsersOf } from './image/image-users.ts'
export { readDiskUsage } from './observe/disk-usage.ts'
export { readProjects, requireAllProjects } from './state/read-projects.ts'
export { pruneVolumes } from './volume/prune-volumes.ts'
