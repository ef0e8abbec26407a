import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `bridge`: turns a project into another model. */
export const command: CommandDefinition = defineGroup('Convert Compose files to another model')
