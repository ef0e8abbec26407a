import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { GRAPH_COMMAND, type GraphValues } from '../../graph-command.ts'

/** `alpha viz`: `graph`, by docker compose's name. */
export const command: CommandDefinition = defineCommand<GraphValues>(GRAPH_COMMAND)
