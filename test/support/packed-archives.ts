/** `t/in`, which holds `in\n`, as `tar cj` packs it. */
export const BZIP2_ARCHIVE: Buffer = Buffer.from(
  'QlpoOTFBWSZTWQXTbRQAAGXbkOmQQADvhAAFYCEeAAQAAAggAHIapphMAmEZpoJIQSehpMj0TQ/eDmz3qTStVIDXXoobZOXo5QsZIBgWjnZB5YSgYEveIMDCJGnow22ItOUVaru7izMGQIGCUYMOHQ4LuSKcKEgC6baKAA==',
  'base64',
)

/** The same as `tar cJ` packs it. */
export const XZ_ARCHIVE: Buffer = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Av/AFtdADoLvBunjDRE4cIHdekAYR0rJl/i6e2/QyiUhISukcd4RenWaPEg0fDotOO4zNm2ie65bNsWVmT6SyzwUX4WePDG3qjnhM2mrw44BaUNB/XuBeU74Z824GyiYgAAABdQ9D0OE/UBAAF3gBgAAABGJjnxscRn+wIAAAAABFla',
  'base64',
)
