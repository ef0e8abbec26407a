import { Option } from 'commander'
import { preparePublication } from '../../app/publish/prepare-publication.ts'
import type { Concerns, Publication } from '../../app/publish/publication.ts'
import { publish } from '../../app/publish/publish.ts'
import { push } from '../../app/push.ts'
import { askYes } from '../ask-yes.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportDiagnostics, reportInvalid, reportWarnings } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { DRY_RUN } from '../views/progress-plain.ts'
import { safeLine, safeText } from '../views/safe-text.ts'

interface Values {
  readonly app?: boolean
  readonly insecureRegistry?: boolean
  readonly ociVersion?: '1.0' | '1.1'
  readonly resolveImageDigests?: boolean
  readonly withEnv?: boolean
  readonly withIncludes?: boolean
  readonly yes?: boolean
}

/** What the user ends a question with a no with, as docker compose does. */
const REFUSED = 130

/** `publish`: pushes the files of the project to a registry, from which `-f oci://NAME` and `include` read them. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: publishCommand =>
    publishCommand
      .description('Publish the Compose files of the project to a registry')
      .argument('<repository[:tag]>')
      .option('--app', 'Copy the images of the services to the repository too, pinned to their digests')
      .addOption(
        new Option('--oci-version <version>', 'Format; by default what the registry takes').choices([
          '1.0',
          '1.1',
        ]),
      )
      .option('--resolve-image-digests', 'Pin images to their digests')
      .option('--with-env', 'Include env files, and do not ask about variables')
      .option('--with-includes', 'Include local files that are included')
      .option('-y, --yes', 'Answer all questions with yes')
      .addOption(new Option('--insecure-registry', 'The registry may have no TLS').hideHelp()),
  examples: [
    ['tcompose publish registry.example/team/shop:1.0', 'the Compose files'],
    ['tcompose publish --with-env -y registry.example/team/shop:1.0', 'with env files, without a question'],
    ['tcompose -f oci://registry.example/team/shop:1.0 up -d', 'run what was published'],
  ],
  dryRun: 'plans',
  run: publishProject,
})

async function publishProject(
  context: CommandContext,
  [target = '']: readonly string[],
  values: Values,
): Promise<number> {
  const { ports, request, isDryRun } = context
  const { withEnv = false, withIncludes = false, app = false } = values
  const prepared = await untilInterrupted(
    context,
    ports.call(preparePublication, request, { withEnv, withIncludes }),
  )
  if (prepared.kind === 'invalid') return reportInvalid(context, prepared.diagnostics)
  reportDiagnostics(context, prepared.diagnostics)
  const { publication } = prepared
  reportWarnings(context, publication.warnings)
  if (!values.yes && !(await isAgreed(context, publication.concerns))) return REFUSED
  const pushed = await pushBuilt(context, publication)
  if (pushed !== EXIT.done) return pushed
  tell(context, `${target} publishing`)
  if (isDryRun) {
    tell(context, `${target} published`)
    return EXIT.done
  }
  const { digest, images } = await ports.call(publish, request, {
    publication,
    options: {
      target,
      ociVersion: values.ociVersion,
      resolvesDigests: app || (values.resolveImageDigests ?? false),
      withImages: app,
      isInsecure: values.insecureRegistry ?? false,
      signal: ports.interrupts.first,
    },
  })
  tell(context, `${target} published  ${digest}`)
  if (images !== undefined) tell(context, `${target} images published  ${images}`)
  return EXIT.done
}

/** Readers pull the images; that one of them cannot be pushed is a warning. */
async function pushBuilt(context: CommandContext, { hasBuilds }: Publication): Promise<number> {
  if (!hasBuilds) return EXIT.done
  const { ports, request } = context
  const options = { services: [], includeDeps: false }
  return await runWithProgress(context, {
    title: 'push',
    toleratesFailures: true,
    run: hooks => ports.call(push, { request: { ...request, profiles: ['*'] }, options, hooks }),
  })
}

async function isAgreed(context: CommandContext, concerns: Concerns): Promise<boolean> {
  for (const { text, question } of questionsOf(concerns)) {
    context.ports.stderr.write(safeText(text))
    if (!(await askYes(context, `${question} [y/N]: `))) return false
  }
  return true
}

interface Question {
  readonly text: string
  readonly question: string
}

function questionsOf({ bindMounts, sensitive, environment }: Concerns): readonly Question[] {
  const all: readonly (Question & { readonly isAsked: boolean })[] = [
    {
      isAsked: bindMounts.length > 0,
      text: `you are about to publish bind mounts declaration within your OCI artifact.
only the bind mount declarations will be added to the OCI artifact (not content)
please double check that you are not mounting potential user's sensitive directories or data
${lines(bindMounts)}`,
      question: 'Are you ok to publish these bind mount declarations?',
    },
    {
      isAsked: sensitive.length > 0,
      text: `you are about to publish sensitive data within your OCI artifact.
please double check that you are not leaking sensitive data
${lines(sensitive.map(({ type, key, value }) => `${type}\n"${key}": ${value}`))}`,
      question: 'Are you ok to publish these sensitive data?',
    },
    {
      isAsked: environment.length > 0,
      text: `you are about to publish env-related declarations within your OCI artifact.
please double check that you are not leaking sensitive data
${lines(environment)}Use --with-env to silence this prompt
`,
      question: 'Are you ok to publish these env declarations?',
    },
  ]
  return all.filter(({ isAsked }) => isAsked)
}

function lines(texts: readonly string[]): string {
  return texts.map(text => `${text}\n`).join('')
}

function tell({ ports, isDryRun }: CommandContext, text: string): void {
  ports.stderr.write(`${isDryRun ? DRY_RUN : ''} ${safeLine(text)}\n`)
}
