import type { Service } from '../../model/service.ts'
import type { DeviceForecast, DeviceInspector } from '../device-inspector.ts'
import type { DeviceSources } from './host/device-sources.ts'

/** The devices of this machine. What looks for them is loaded when it is asked. */
export function localDeviceInspector(sources: DeviceSources): DeviceInspector {
  return {
    forecast: async (services: readonly Service[]): Promise<readonly DeviceForecast[]> => {
      const { forecastDevices } = await import('./device/forecast-devices.ts')
      return services.map(service => forecastDevices(service, sources))
    },
    list: async () => {
      const { listGpus } = await import('./device/list-gpus.ts')
      return listGpus(sources)
    },
    describe: async options => {
      const { describeGpus } = await import('./device/describe-gpus.ts')
      return describeGpus(sources.gpuRoot, options)
    },
  }
}
