import { type Command, Option } from 'commander'
import { loadRequested } from '../app/find-project.ts'
import type { Project } from '../app/index.ts'
import { assertNever } from '../base/assert-never.ts'
import type { CommandContext } from './command-context.ts'
import type { CommandSpec } from './define-command.ts'
import { EXIT } from './exit-codes.ts'
import { parseCount } from './options/option-values.ts'
import { reportDiagnostics, reportInvalid } from './report.ts'
import { untilInterrupted } from './until-interrupted.ts'

/** Options of `graph`. */
export interface GraphValues {
  readonly format: 'dot' | 'mermaid' | 'svg'
  readonly image?: boolean
  readonly indentationSize: number
  readonly networks?: boolean
  readonly ports?: boolean
  readonly spaces?: boolean
}

/** What `graph` and `alpha viz` are. */
export const GRAPH_COMMAND: CommandSpec<GraphValues> = {
  describe: (command: Command) =>
    command
      .description('Draw the services of a project, and which depends on which')
      .addOption(
        new Option('--format <format>', 'Language of the graph')
          .choices(['dot', 'mermaid', 'svg'])
          .default('dot'),
      )
      .option('--image', 'Show the image of each service')
      .addOption(
        new Option('--indentation-size <number>', 'Characters for a level of indentation')
          .argParser(parseCount)
          .default(1),
      )
      .option('--networks', 'Show the networks of each service')
      .option('--ports', 'Show the ports that each service publishes')
      .option('--spaces', 'Indent by spaces instead of tabs'),
  examples: [
    ['tcompose graph --ports | dot -Tpng > graph.png', 'a picture by Graphviz'],
    ['tcompose graph --format svg --networks --image > graph.svg', 'a picture without it'],
    ['tcompose graph --format mermaid', 'for a Markdown page'],
  ],
  dryRun: 'reads',
  run: drawGraph,
}

async function drawGraph(
  context: CommandContext,
  _args: readonly string[],
  values: GraphValues,
): Promise<number> {
  const { ports, request } = context
  const wanted = { ...request, allowUnsupported: true }
  const { project, diagnostics } = await untilInterrupted(context, ports.call(loadRequested, wanted))
  if (project === undefined) return reportInvalid(context, diagnostics)
  reportDiagnostics(context, diagnostics)
  ports.stdout.write(await graphText(project, values))
  return EXIT.done
}

async function graphText(
  project: Project,
  { format, image = false, networks = false, ports = false, indentationSize, spaces }: GraphValues,
): Promise<string> {
  const { serviceGraph } = await import('./views/service-graph.ts')
  const graph = serviceGraph(project)
  const details = { image, networks, ports }
  switch (format) {
    case 'dot': {
      const { dotGraph } = await import('./views/dot-graph.ts')
      return dotGraph(graph, { ...details, indentation: (spaces ? ' ' : '\t').repeat(indentationSize) })
    }
    case 'mermaid': {
      const { mermaidGraph } = await import('./views/mermaid-graph.ts')
      return mermaidGraph(graph, details)
    }
    case 'svg': {
      const { svgGraph } = await import('./views/svg-graph.ts')
      return svgGraph(graph, details)
    }
    default:
      return assertNever(format)
  }
}
