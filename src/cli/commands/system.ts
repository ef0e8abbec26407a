import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `system`: what tcompose has on this machine. */
export const command: CommandDefinition = defineGroup('Show and free what tcompose uses on this machine')
