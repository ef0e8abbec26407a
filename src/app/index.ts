export type {
  ContainerProcess,
  Examination,
  ExecRequest,
  ExecutionReport,
  FetchProgress,
  HostCheck,
  LockHolder,
  LogEvent,
  LogLine,
  LogOrigin,
  Outcome,
  RunEnd,
  StepEvent,
  Stray,
} from '../engine/engine.ts'
export type { ImageStore } from '../engine/image-store.ts'
export { type ImageRequest, imageLabel } from '../model/image-request.ts'
export { isNamed } from '../model/named-services.ts'
export type { ReplicaAddress } from '../model/names.ts'
export type { Health, ObservedContainer, PublishedPort } from '../model/observed-state.ts'
export { type PlatformName, parsePlatform } from '../model/platform.ts'
export { type Origins, originOf, type Project } from '../model/project.ts'
export type {
  ArchiveFormat,
  ArchiveInput,
  ArchiveOutput,
  ImageDetails,
  ImageName,
  LoadedImage,
  RemovedImages,
  StoredImage,
  StoreUsage,
} from '../model/stored-image.ts'
export { dottedPath } from '../parser/document/describe-path.ts'
export { isTrueText } from '../parser/environment/is-true-text.ts'
export type { ExplainedUse } from '../parser/explain/explain-variable.ts'
export type { ProvenanceStep } from '../parser/explain/provenance-step.ts'
export type { VariableOrigin } from '../parser/explain/variable-origin.ts'
export type * from '../parser/generated/compose-types.ts'
export type { TemplateVariable } from '../parser/interpolate/template-variables.ts'
export type { OptionalStage } from '../parser/load-request.ts'
export type { Action } from '../planner/action.ts'
export { describeAction, movedImage } from '../planner/describe-action.ts'
export type { Plan, Step } from '../planner/plan.ts'
export { planToJson } from '../planner/plan-json.ts'
export { planToText } from '../planner/plan-text.ts'
export type * from './app.ts'
export type { Interruptibly } from './app-context.ts'
export type { ProjectRequest } from './project-request.ts'
