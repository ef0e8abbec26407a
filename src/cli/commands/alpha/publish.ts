export { command } from '../publish.ts'
