import type { Millis } from '../base/millis.ts'
import type { AiModel } from '../model/ai-model.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { ContainerSpec } from '../model/container.ts'
import type { ContainerId, ReplicaAddress } from '../model/names.ts'
import type { Network } from '../model/network.ts'
import type { PlatformName } from '../model/platform.ts'
import type { Provider } from '../model/provider.ts'
import type { DependencyCondition } from '../model/service.ts'
import type { Volume } from '../model/volume.ts'

/** One thing for an engine to do. Every action is safe to repeat after an interruption. */
export type Action =
  | {
      readonly kind: 'fetch-image'
      /** The reference, as the file has it. */
      readonly image: string
      /** Undefined leaves it to the machine. */
      readonly platform?: PlatformName | undefined
      /**
       * `always` asks the image's registry even if the image is there, `never` asks none: what is on the machine must
       * do.
       */
      readonly policy: 'missing' | 'always' | 'never'
    }
  /** Builds an image from its sources, and gives it its names. */
  | {
      readonly kind: 'build-image'
      readonly build: ImageBuild
      /**
       * Ask the registry of its name first, `missing` only if the image is not there. With what the registry has
       * nothing is built; that it has nothing is no failure, and an image that is there does then.
       *
       * @default no registry is asked
       */
      readonly fetchFirst?: 'missing' | 'always'
    }
  /** Pushes the store's image of this name and platform to the registry of the name. */
  | {
      readonly kind: 'push-image'
      readonly image: string
      /** Undefined leaves it to the machine. */
      readonly platform?: PlatformName | undefined
    }
  | { readonly kind: 'create-network'; readonly network: Network; readonly configHash: string }
  | { readonly kind: 'remove-network'; readonly key: string; readonly name: string }
  /** Puts the rules of the project's networks and published ports instead of what is there. */
  | { readonly kind: 'restore-firewall' }
  | { readonly kind: 'create-volume'; readonly volume: Volume; readonly configHash: string }
  | { readonly kind: 'remove-volume'; readonly key: string; readonly name: string }
  | {
      readonly kind: 'create-container'
      readonly container: ContainerSpec
      /** The container whose anonymous volumes the new one takes over. */
      readonly replaces: ContainerId | undefined
    }
  /** Starts the newest container of the replica: the one that an earlier step of the plan created, if any. */
  | {
      readonly kind: 'start-container'
      readonly replica: ReplicaAddress
      readonly name: string
      /** It was stopped for that. @default false */
      readonly isRestart?: true
    }
  /** Runs the container of a `pre_start` hook to its end, and removes it. */
  | { readonly kind: 'run-pre-start'; readonly replica: ReplicaAddress; readonly name: string }
  /** Runs the `post_start` hooks of the newest container of the replica, in order. */
  | { readonly kind: 'run-post-start'; readonly replica: ReplicaAddress; readonly name: string }
  /** Runs its `pre_stop` hooks first, in order; whatever comes of them, it is stopped. */
  | {
      readonly kind: 'stop-container'
      readonly id: ContainerId
      readonly name: string
      /** Time between the stop signal and SIGKILL; undefined is the container's own. */
      readonly grace: Millis | undefined
    }
  /** Takes a running container off networks, by their keys. */
  | {
      readonly kind: 'disconnect-container'
      readonly id: ContainerId
      readonly name: string
      readonly networks: readonly string[]
    }
  /**
   * Brings the networks of a running container in line with `container`, of which nothing else differs: it leaves some and joins
   * some, by their keys, and has its names and routes.
   */
  | {
      readonly kind: 'reattach-container'
      readonly id: ContainerId
      readonly name: string
      readonly container: ContainerSpec
      readonly disconnect: readonly string[]
      readonly connect: readonly string[]
    }
  | {
      readonly kind: 'remove-container'
      readonly id: ContainerId
      readonly name: string
      /** Remove its anonymous volumes too. */
      readonly anonymousVolumes: boolean
    }
  /** Has what serves AI models set one up. */
  | { readonly kind: 'prepare-model'; readonly model: AiModel }
  /** Has a provider make what its service stands for, or find that it is there. */
  | { readonly kind: 'start-provider'; readonly service: string; readonly provider: Provider }
  | { readonly kind: 'stop-provider'; readonly service: string; readonly provider: Provider }
  /** Has a provider release what it has made, and forgets it. */
  | { readonly kind: 'remove-provider'; readonly service: string; readonly provider: Provider }
  /** Waits until every replica of `service` meets `condition`. */
  | {
      readonly kind: 'await-service'
      readonly service: string
      readonly condition: AwaitedCondition
      readonly replicas: readonly ReplicaAddress[]
      /** False: if the condition cannot be met, that is a warning and the step is done. */
      readonly required: boolean
      /** How long at most. @default as long as it takes */
      readonly timeout?: Millis
    }

/** `service_ready`: it runs, and is healthy where it has a health check, or it has ended with exit code 0. */
export type AwaitedCondition = DependencyCondition | 'service_ready'

export type ActionKind = Action['kind']
