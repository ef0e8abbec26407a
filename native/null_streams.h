/* Standard streams that are the null device. */
#ifndef TC_NULL_STREAMS_H
#define TC_NULL_STREAMS_H

#include "error.h"

/* Replaces every standard stream that is the null device by /dev/null in the caller's root: through the host's,
   the root user of a container could change the owner and mode of the host's file. Fails with ENODEV if /dev/null
   is another file. */
int tc_reopen_null_streams (tc_error *error);

#endif
