// Replaces `koffi` in the bundles. koffi's own entry spends 9 ms on finding its native module and on wrapping
// functions that it deprecates; the native module alone is the whole interface and loads in under 2 ms.
const prebuilt = `@koromix/koffi-linux-${process.arch}`
try {
  module.exports = require(`${prebuilt}/linux_${process.arch}/koffi.node`)
} catch {
  module.exports = require(prebuilt)
}
