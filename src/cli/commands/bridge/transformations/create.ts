import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { copyTemplates } from '../../../../app/bridge/copy-templates.ts'
import { DEFAULT_TRANSFORMATION } from '../../../../app/bridge/transformation-project.ts'
import { callerOf } from '../../../../app/caller-of.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { runHooks } from '../../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../../define-command.ts'
import { EXIT } from '../../../exit-codes.ts'
import { makeFolder } from '../../../output-folder.ts'
import { reportRun } from '../../../report.ts'
import { openProgress } from '../../../views/open-progress.ts'
import { writeStatus } from '../../../write-status.ts'

interface Values {
  readonly from: string
}

/** As docker compose writes it; pkg/bridge/transformers.go. */
const DOCKERFILE = `FROM docker/compose-bridge-transformer
LABEL com.docker.compose.bridge=transformation
COPY templates /templates
`

/** `bridge transformations create`: makes a folder from which a transformation with other templates can be built. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: create =>
    create
      .description('Create the folder of a transformation of your own')
      .argument('<path>')
      .option('-f, --from <image>', 'Image whose templates to copy', DEFAULT_TRANSFORMATION),
  examples: [
    ['tcompose bridge transformations create ours', 'with the templates for Kubernetes, to be changed'],
    ['tcompose bridge transformations create -f example/helm:1 ours', 'with those of another image'],
  ],
  dryRun: 'plans',
  run: async (context, [path = ''], { from }) => {
    const { ports } = context
    const folder = resolve(path)
    if (existsSync(folder)) {
      throw new TcomposeError(
        'transformation',
        `Cannot create a transformation: output folder ${folder} already exists`,
        { hint: 'Name a folder that does not exist' },
      )
    }
    if (context.isDryRun) {
      writeStatus(context, `Transformation ${path}`, 'Created')
      return EXIT.done
    }
    const view = await openProgress('bridge', context.settings, ports)
    let isDone = false
    try {
      makeFolder(folder, callerOf(ports.environment))
      const result = await ports.call(copyTemplates, { image: from, folder, hooks: runHooks(context, view) })
      if (result !== undefined) return reportRun(context, result)
      writeFileSync(join(folder, 'Dockerfile'), DOCKERFILE, { mode: 0o644 })
      isDone = true
    } finally {
      await view.close()
      if (!isDone) rmSync(folder, { recursive: true, force: true })
    }
    ports.stdout.write(`Transformer created in "${folder}"\n`)
    return EXIT.done
  },
})
