export { command } from '../watch.ts'
