import { type CommandDefinition, defineGroup } from '../define-command.ts'

/** `gpu`: the GPUs that services can get. */
export const command: CommandDefinition = defineGroup('Look at the GPUs that services can get')
