export type { Action, ActionKind } from './action.ts'
export type { Change } from './change.ts'
export { changedKeys } from './changed-keys.ts'
export { type HashText, networkHash, serviceHash, volumeHash } from './config-hash.ts'
export { type ActionWords, describeAction, movedImage } from './describe-action.ts'
export {
  containerSpec,
  type DesiredService,
  type DesiredState,
  type Selection,
  toDesiredState,
} from './desired-state.ts'
export { foreignBuilds } from './foreign-builds.ts'
export { type ImageUse, imagesToAsk, imageUses, mayAsk, type PullChoice } from './image-policy.ts'
export type { Plan, Step } from './plan.ts'
export { type BuildImagesOptions, planBuildImages } from './plan-build-images.ts'
export { type DownOptions, planDown } from './plan-down.ts'
export { type PlanJson, planToJson, type StepJson } from './plan-json.ts'
export { type PullOptions, planPull } from './plan-pull.ts'
export { type PushOptions, planPush } from './plan-push.ts'
export { planRemove, type RemoveOptions } from './plan-remove.ts'
export { planRestart, type RestartOptions } from './plan-restart.ts'
export { planStart, type StartOptions } from './plan-start.ts'
export { planStop, type StopOptions } from './plan-stop.ts'
export { type PlanSummary, summarize } from './plan-summary.ts'
export { planToText } from './plan-text.ts'
export { planUp } from './plan-up.ts'
export { planUpBuilds } from './plan-up-builds.ts'
export { type PortClash, portClashes } from './port-clashes.ts'
export type { BuildOverrides, ServiceBuild } from './service-build.ts'
export type { BuildChoice, ImageForecast } from './up/build-tasks.ts'
export { containerBuilds } from './up/container-builds.ts'
export type { UpOptions } from './up/up-options.ts'
export { withWait } from './with-wait.ts'
