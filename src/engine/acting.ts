/**
 * What changes something on this machine, as one part: it is loaded as a whole, by the commands that need any of it.
 */
export { readEngineHost } from './engine-host.ts'
export { execInContainer } from './exec/exec-in-container.ts'
export { killContainer } from './exec/kill-container.ts'
export { executeProject } from './execute/execute-project.ts'
export { preflight } from './execute/preflight.ts'
export { pinImage } from './image/pin-image.ts'
export { shareStore } from './image/store/store-lock.ts'
export { lockProject } from './state/project-lock.ts'
