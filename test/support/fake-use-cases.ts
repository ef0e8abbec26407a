import { attach } from '../../src/app/attach.ts'
import { build } from '../../src/app/build.ts'
import { commit } from '../../src/app/commit.ts'
import { config } from '../../src/app/config.ts'
import { copy } from '../../src/app/copy.ts'
import { doctor } from '../../src/app/doctor.ts'
import { down } from '../../src/app/down.ts'
import { events } from '../../src/app/events.ts'
import { exec } from '../../src/app/exec.ts'
import { explainValues, explainVariable } from '../../src/app/explain.ts'
import { exportContainer } from '../../src/app/export-container.ts'
import { exportImages } from '../../src/app/export-images.ts'
import { findBuilds } from '../../src/app/find-builds.ts'
import { findContainers } from '../../src/app/find-containers.ts'
import { loadRequested } from '../../src/app/find-project.ts'
import { describeGpus, listGpus } from '../../src/app/gpus.ts'
import { images } from '../../src/app/images.ts'
import type { AppContext, CallUseCase } from '../../src/app/index.ts'
import { inspectBuilds } from '../../src/app/inspect-builds.ts'
import { kill } from '../../src/app/kill.ts'
import { login } from '../../src/app/login.ts'
import { logout } from '../../src/app/logout.ts'
import { logs } from '../../src/app/logs.ts'
import { ls } from '../../src/app/ls.ts'
import { pause } from '../../src/app/pause.ts'
import { plan } from '../../src/app/plan.ts'
import { planBuild } from '../../src/app/plan-build.ts'
import { pull } from '../../src/app/pull.ts'
import { push } from '../../src/app/push.ts'
import { restart } from '../../src/app/restart.ts'
import { findResumable, resume } from '../../src/app/resume.ts'
import { rm } from '../../src/app/rm.ts'
import { run } from '../../src/app/run.ts'
import { start } from '../../src/app/start.ts'
import { stats } from '../../src/app/stats.ts'
import { stop } from '../../src/app/stop.ts'
import { top } from '../../src/app/top.ts'
import { unpause } from '../../src/app/unpause.ts'
import { up } from '../../src/app/up.ts'
import { volumes } from '../../src/app/volumes.ts'
import { wait } from '../../src/app/wait.ts'

const USE_CASES: UseCases = {
  attach,
  build,
  commit,
  config,
  copy,
  describeGpus,
  doctor,
  down,
  events,
  exec,
  explainValues,
  explainVariable,
  exportContainer,
  exportImages,
  findBuilds,
  findContainers,
  findResumable,
  images,
  inspectBuilds,
  kill,
  listGpus,
  loadRequested,
  login,
  logout,
  logs,
  ls,
  pause,
  plan,
  planBuild,
  pull,
  push,
  restart,
  resume,
  rm,
  run,
  start,
  stats,
  stop,
  top,
  unpause,
  up,
  volumes,
  wait,
}

interface UseCases {
  readonly attach: typeof attach
  readonly build: typeof build
  readonly commit: typeof commit
  readonly config: typeof config
  readonly copy: typeof copy
  readonly describeGpus: typeof describeGpus
  readonly doctor: typeof doctor
  readonly down: typeof down
  readonly events: typeof events
  readonly exec: typeof exec
  readonly explainValues: typeof explainValues
  readonly explainVariable: typeof explainVariable
  readonly exportContainer: typeof exportContainer
  readonly exportImages: typeof exportImages
  readonly findBuilds: typeof findBuilds
  readonly findContainers: typeof findContainers
  readonly findResumable: typeof findResumable
  readonly images: typeof images
  readonly inspectBuilds: typeof inspectBuilds
  readonly kill: typeof kill
  readonly listGpus: typeof listGpus
  readonly loadRequested: typeof loadRequested
  readonly login: typeof login
  readonly logout: typeof logout
  readonly logs: typeof logs
  readonly ls: typeof ls
  readonly pause: typeof pause
  readonly plan: typeof plan
  readonly planBuild: typeof planBuild
  readonly pull: typeof pull
  readonly push: typeof push
  readonly restart: typeof restart
  readonly resume: typeof resume
  readonly rm: typeof rm
  readonly run: typeof run
  readonly start: typeof start
  readonly stats: typeof stats
  readonly stop: typeof stop
  readonly top: typeof top
  readonly unpause: typeof unpause
  readonly up: typeof up
  readonly volumes: typeof volumes
  readonly wait: typeof wait
}

type Bound<T> = T extends (context: AppContext, ...given: infer Given) => infer Result
  ? (...given: Given) => Result
  : never

/** Stand-ins for the use cases that a test of a command may reach. */
export type FakeUseCases = {
  readonly [Name in keyof UseCases]?: Bound<UseCases[Name]> | undefined
}

/** Returns a `call` that reaches stand-ins, and rejects for a use case that the test gives none for. */
export function fakeCall(fakes: FakeUseCases): CallUseCase {
  const known = new Map<unknown, unknown>(
    Object.entries(USE_CASES).map(([name, useCase]) => [useCase, new Map(Object.entries(fakes)).get(name)]),
  )
  return async (useCase, ...given) => {
    const fake = known.get(useCase)
    if (typeof fake !== 'function') throw new Error(`Cannot call ${useCase.name}: the test gives none`)
    return await fake(...given)
  }
}
