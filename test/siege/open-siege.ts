import type { Siege } from './scenario.ts'
import { type ProjectNames, SiegeProject, type SiegeServices } from './siege-project.ts'

/** The rounds of a scenario on a project. */
export type SiegeMaker = (
  project: SiegeProject,
  /** Things to dispose of before the project. */
  stack: AsyncDisposableStack,
) => Promise<Pick<Siege, 'rounds' | 'play'>>

/** Opens an engine of its own and lets `make` plan the rounds on it. */
export async function openSiege(
  make: SiegeMaker,
  names: ProjectNames = ['siege'],
  services?: SiegeServices,
): Promise<Siege> {
  await using stack = new AsyncDisposableStack()
  const project = stack.use(new SiegeProject(names, services))
  const rounds = await make(project, stack)
  const kept = stack.move()
  return { ...rounds, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
