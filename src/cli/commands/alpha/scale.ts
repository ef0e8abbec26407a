export { command } from '../scale.ts'
