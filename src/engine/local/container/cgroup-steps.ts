import type { TcomposeError } from '../../../base/tcompose-error.ts'
import { type Cgroup, type CgroupHost, cgroupFolder, type V1Hierarchy } from '../../../linux/cgroup/cgroup.ts'
import { type CgroupRequest, limitRefused, v1Parts } from '../../../linux/cgroup/create-cgroup.ts'
import { deviceRuleText } from '../../../linux/cgroup/device-rules.ts'
import type { LimitWrite } from '../../../linux/cgroup/limit-write.ts'
import { devicesRefused } from '../../../linux/cgroup/restrict-devices.ts'
import type { DeviceRule } from '../../../model/device-rule.ts'
import type { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import type { LaunchStep } from '../../../runtime/launch/launch-op.ts'
import { step, writeStep } from '../../../runtime/launch/launch-steps.ts'

/** A control group that the process makes which is to live in it. */
export interface PlannedCgroup {
  readonly cgroup: Cgroup
  readonly steps: readonly LaunchStep[]
  /** Returns what to say of a step that failed; undefined for one that is none of these. */
  readonly explain: (failed: LaunchStep | undefined, failure: LaunchFailure) => TcomposeError | undefined
}

/**
 * Returns the steps in which the process of a container makes its own v1 group. Undefined where it has to be there
 * before, or what is written depends on what is found there: then `createCgroup` makes it.
 */
export function planCgroup(host: CgroupHost, request: CgroupRequest): PlannedCgroup | undefined {
  const { parent, limits, service, devices = [] } = request
  if (host.kind !== 'v1' || parent !== undefined) return undefined
  if (limits.blockIo !== undefined || limits.cpuRealtime !== undefined) return undefined
  const { used, writes } = v1Parts(host.hierarchies, request)
  // Its folders have to be given CPUs, from the outermost on.
  if (used.some(({ controllers }) => controllers.includes('cpuset'))) return undefined
  const folderOf = (controller: string): string | undefined => {
    const hierarchy = used.find(({ controllers }) => controllers.includes(controller))
    return hierarchy && cgroupFolder(hierarchy.mountPoint, request)
  }
  if (writes.some(({ controller }) => folderOf(controller) === undefined)) return undefined
  const limited = writes.map(write => limitStep(write, folderOf(write.controller) ?? '', service))
  const restricted = request.devices === undefined ? [] : deviceSteps(folderOf('devices'), devices, service)
  const explained = new Map([...limited, ...restricted].map(each => [each.made, each.explain]))
  return {
    cgroup: { version: 1, folders: foldersOf(used, request) },
    steps: [
      ...foldersOf(used, request).map(path =>
        step({ op: 'make-cgroup', path }, { purpose: `make control group ${path}` }),
      ),
      ...explained.keys(),
    ],
    explain: (failed, failure) => failed && explained.get(failed)?.(failure),
  }
}

function foldersOf(used: readonly V1Hierarchy[], request: CgroupRequest): readonly string[] {
  return used.map(({ mountPoint }) => cgroupFolder(mountPoint, request))
}

interface ExplainedStep {
  readonly made: LaunchStep
  readonly explain: (failure: LaunchFailure) => TcomposeError
}

function limitStep(
  { limit, file, text, optional }: LimitWrite,
  folder: string,
  service: string,
): ExplainedStep {
  const path = `${folder}/${file}`
  return {
    made: writeStep(path, text, { purpose: `limit ${limit} to ${text}`, optional }),
    explain: failure => limitRefused({ limit, service, text, path }, failure),
  }
}

function deviceSteps(
  folder: string | undefined,
  rules: readonly DeviceRule[],
  service: string,
): readonly ExplainedStep[] {
  if (folder === undefined) return []
  const [deny, file] = [`${folder}/devices.deny`, `${folder}/devices.allow`]
  const texts = rules.map(deviceRuleText)
  return [
    {
      made: writeStep(deny, 'a', { purpose: 'deny all devices' }),
      explain: failure => devicesRefused({ service, refused: 'a', file: deny }, failure),
    },
    {
      made: step({ op: 'write-each', path: file, texts }, { purpose: 'allow devices' }),
      explain: failure => {
        const refused = texts.find(text => failure.what.startsWith(`${text} `)) ?? ''
        return devicesRefused({ service, refused, file }, failure)
      },
    },
  ]
}
