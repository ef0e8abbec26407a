import { type Command, Option } from 'commander'
import type { ProjectRequest } from '../../app/index.ts'
import type { UpOptions } from '../../app/up-plan.ts'
import type { Millis } from '../../base/millis.ts'
import { UsageError } from '../usage-error.ts'
import { parseAddress, parseScale, timeoutOption } from './option-values.ts'

/** The options that `up`, `plan` and `create` share. */
export interface CreateValues {
  readonly forceRecreate?: boolean
  readonly recreate: boolean
  readonly removeOrphans?: boolean
  readonly scale?: ReadonlyMap<string, number>
  readonly pull: PullChoice
  readonly build?: true
  readonly noBuild?: false
  readonly publishDefault?: string
  readonly yes?: boolean
}

/** The options that `up` and `plan` share. */
export interface UpValues extends CreateValues {
  readonly deps: boolean
  readonly start: boolean
  readonly alwaysRecreateDeps?: boolean
  readonly rerun?: boolean
  readonly renewAnonVolumes?: boolean
  readonly timeout?: Millis
}

/** The values of `--pull`. */
export type PullChoice = 'policy' | 'always' | 'missing' | 'never'

/** Adds the options that say what `up` does, as opposed to how it is shown. */
export function addUpOptions(command: Command): Command {
  return addCreateOptions(command)
    .option('--always-recreate-deps', 'Recreate what the named services depend on too')
    .option('--no-deps', 'Do not start the dependencies of the named services')
    .option('--no-start', 'Create containers without starting them')
    .option('--rerun', 'Run services again that others wait for and that have completed')
    .option('-V, --renew-anon-volumes', 'Recreate containers with new anonymous volumes')
    .addOption(timeoutOption())
}

/** Adds the options that say what containers are made of. */
export function addCreateOptions(command: Command): Command {
  return (
    command
      .option('--build', 'Build images before starting containers, though they are there')
      .addOption(noBuildOption())
      .option('--force-recreate', 'Recreate containers even if nothing has changed')
      .option('--no-recreate', 'Do not recreate containers that exist')
      .addOption(publishDefaultOption())
      .addOption(pullOption())
      .option('--remove-orphans', 'Remove containers of services that the file does not declare')
      .addOption(
        new Option('--scale <service=number>', 'Number of replicas of a service; repeat for more').argParser(
          parseScale,
        ),
      )
      // Nothing is asked: what loses data is done by no option of these.
      .option('-y, --yes', 'Do not ask about the variables of a project from another machine')
  )
}

/** Returns `--publish-default`. */
export function publishDefaultOption(): Option {
  return new Option(
    '--publish-default <address>',
    'Publish ports on this address for which the file has none',
  ).argParser(parseAddress)
}

/** Returns `context` with what `--publish-default` says, if it was given. */
export function publishingOn<Context extends { readonly request: ProjectRequest }>(
  context: Context,
  { publishDefault }: Pick<CreateValues, 'publishDefault'>,
): Context {
  if (publishDefault === undefined) return context
  return { ...context, request: { ...context.request, publishDefault } }
}

/** Returns `--pull`. */
export function pullOption(): Option {
  return new Option('--pull <policy>', "When to pull images; policy is each service's pull_policy")
    .choices(['policy', 'always', 'missing', 'never'] satisfies PullChoice[])
    .default('policy')
}

/** Returns what `--pull` asks of every service; undefined leaves it to their policies. */
export function pullOf(pull: PullChoice): UpOptions['pull'] {
  return pull === 'policy' ? undefined : pull
}

/** `--build` is no opposite of it: that of both is neither. */
function noBuildOption(): Option {
  const option = new Option('--no-build', 'Build no image, even one that is not there')
  return Object.assign(option, { attributeName: () => 'noBuild' })
}

/** @throws {UsageError} If options contradict each other. */
export function upOptions(
  services: readonly string[],
  values: UpValues,
  wait: UpOptions['wait'] = false,
): UpOptions {
  assertNoConflict(values, wait !== false)
  return {
    services,
    noDeps: !values.deps,
    forceRecreate: values.forceRecreate ?? false,
    ...(values.alwaysRecreateDeps && { alwaysRecreateDeps: true }),
    noRecreate: !values.recreate,
    noStart: !values.start,
    ...(values.rerun && { rerun: true }),
    removeOrphans: values.removeOrphans ?? false,
    renewAnonymousVolumes: values.renewAnonVolumes ?? false,
    scale: values.scale ?? new Map(),
    timeout: values.timeout,
    wait,
    ...(values.pull !== 'policy' && { pull: values.pull }),
    ...(values.build && { build: 'always' as const }),
    ...(values.noBuild === false && { build: 'never' as const }),
  }
}

function assertNoConflict(
  { build, noBuild, forceRecreate, alwaysRecreateDeps, renewAnonVolumes, recreate, start }: UpValues,
  wait: boolean,
): void {
  const conflicts: readonly (readonly [boolean, string, string])[] = [
    [build === true && noBuild === false, '--build', '--no-build'],
    [forceRecreate === true && !recreate, '--force-recreate', '--no-recreate'],
    [alwaysRecreateDeps === true && !recreate, '--always-recreate-deps', '--no-recreate'],
    [renewAnonVolumes === true && !recreate, '--renew-anon-volumes', '--no-recreate'],
    [wait && !start, '--wait', '--no-start'],
  ]
  const found = conflicts.find(([isFound]) => isFound)
  if (found === undefined) return
  throw new UsageError(`${found[1]} and ${found[2]} cannot be combined`, 'Leave one of them out')
}
