import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `image`: the images of all projects. */
export const command: CommandDefinition = defineGroup('Manage the images of all projects')
