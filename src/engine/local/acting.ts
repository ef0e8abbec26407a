/**
 * What changes something on this machine, as one part: it is loaded as a whole, by the commands that need any of it.
 */

export { shareStore } from '../../store/store-lock.ts'
export { applyProject } from './apply/apply-project.ts'
export { preflight } from './apply/preflight.ts'
export { execInContainer } from './exec/exec-in-container.ts'
export { killContainer } from './exec/kill-container.ts'
export { readEngineHost } from './host/engine-host.ts'
export { pinImage } from './image/pin-image.ts'
export { lockProject } from './state/project-lock.ts'
