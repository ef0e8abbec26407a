import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { GRAPH_COMMAND, type GraphValues } from '../graph-command.ts'

/** `graph`, `viz`: draws the services of a project. */
export const command: CommandDefinition = defineCommand<GraphValues>({
  ...GRAPH_COMMAND,
  describe: (graph, ports) => GRAPH_COMMAND.describe(graph.alias('viz'), ports),
})
