/**
 * What the use cases of tcompose have in common: the terms of their options and results, and functions that show them.
 * Each use case is a module beside this one, a function of an `AppContext`: `up.ts` exports `up()` and what it takes and
 * returns. `src/local/local-context.ts` makes the context of this machine.
 */

export type {
  ContainerEvent,
  CopyEnd,
  DeviceForecast,
  Examination,
  ExecIo,
  ExecRequest,
  ExecutionReport,
  FailedBuildStep,
  FetchProgress,
  FileCopy,
  GpuListing,
  HookLine,
  HostCheck,
  ImageStore,
  LockHolder,
  LockOptions,
  LogEvent,
  LogLine,
  LogOrigin,
  Orphan,
  Outcome,
  ProcessTable,
  RunEnd,
  StepEvent,
  Terminal,
} from '../engine/engine.ts'
export type { BuildConfig, BuildContext } from '../model/build.ts'
export type {
  BuildEvent,
  BuildForecast,
  BuildStepSummary,
  ForecastStep,
  ImageBuild,
} from '../model/build-event.ts'
export { GPU_VENDORS, type GpuVendor } from '../model/device-request.ts'
export { type ImageRequest, imageLabel } from '../model/image-request.ts'
export type { ReplicaAddress } from '../model/names.ts'
export type { Health, ObservedContainer, PublishedPort } from '../model/observed-state.ts'
export { type PlatformName, parsePlatform } from '../model/platform.ts'
export { type Origins, originOf, type Project } from '../model/project.ts'
export { restartReason } from '../model/restart-reason.ts'
export type {
  ArchiveFormat,
  ArchiveInput,
  ArchiveOutput,
  ImageDetails,
  ImageName,
  LoadedImage,
  PrunedBuildCache,
  RemovedImages,
  StoredImage,
  StoreUsage,
} from '../model/stored-image.ts'
export type { WaitReason } from '../model/wait-reason.ts'
export { isIpAddress } from '../parser/address/is-ip-address.ts'
export { dottedPath } from '../parser/document/describe-path.ts'
export { isTrueText } from '../parser/environment/is-true-text.ts'
export type { ExplainedUse } from '../parser/explain/explain-variable.ts'
export type { ProvenanceStep } from '../parser/explain/provenance-step.ts'
export type { VariableOrigin } from '../parser/explain/variable-origin.ts'
export type * from '../parser/generated/compose-types.ts'
export type { TemplateVariable } from '../parser/interpolate/template-variables.ts'
export type { OptionalStage } from '../parser/load-request.ts'
export { isRemoteAddress } from '../parser/locate/is-remote-address.ts'
export type { Action } from '../planner/action.ts'
export { describeAction, movedImage } from '../planner/describe-action.ts'
export type { Plan, Step } from '../planner/plan.ts'
export { planToJson } from '../planner/plan-json.ts'
export { planToText } from '../planner/plan-text.ts'
export type { AppContext, Interruptibly } from './app-context.ts'
export type { CommandCall, RunFollower, RunHooks } from './command-call.ts'
export type { ExplainedValue } from './explain.ts'
export type { Loaded } from './find-project.ts'
export type { LoginRequest, LoginResult } from './login.ts'
export type { ProjectRequest } from './project-request.ts'
export type { RunResult } from './run-plan.ts'
export type { UpOptions } from './up-plan.ts'
export type { CallUseCase, UseCase } from './use-case.ts'
