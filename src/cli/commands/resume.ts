import { findResumable, resume } from '../../app/resume.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportFailure } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/** `resume`: starts what is to run and a reboot has ended. */
export const command: CommandDefinition = defineCommand({
  describe: resumeCommand =>
    resumeCommand
      .description('Start what a reboot has ended: containers that ran and have a restart policy')
      .argument('[project...]'),
  examples: [
    ['tcompose resume', 'every project'],
    ['tcompose resume shop', 'one project'],
  ],
  dryRun: 'plans',
  run: resumeProjects,
})

/** One project that cannot be resumed does not keep the others down. */
async function resumeProjects(context: CommandContext, names: readonly string[]): Promise<number> {
  const { ports, request } = context
  const projects = await untilInterrupted(context, ports.call(findResumable, request, { names }))
  if (projects.length === 0) ports.stderr.write('Nothing to resume\n')
  let exitCode: number = EXIT.done
  for (const project of projects) {
    if (ports.interrupts.first.aborted) return ports.interrupts.exitCode
    if (project.kind === 'unreadable') reportFailure(context, project.error)
    const code =
      project.kind === 'unreadable'
        ? EXIT.failed
        : await runWithProgress(context, {
            title: `resume ${project.name}`,
            run: hooks => ports.call(resume, { request: project.request, hooks }),
          })
    if (exitCode === EXIT.done) exitCode = code
  }
  return exitCode
}
