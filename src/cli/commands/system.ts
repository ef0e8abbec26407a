import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `system`: what tcompose takes up on this machine. */
export const command: CommandDefinition = defineGroup('Show and free the disk space that tcompose uses')
